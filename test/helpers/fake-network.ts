import { PlainNetwork } from '../../harness/network/plain-network.ts';
import { OwnIceSupply } from '../../harness/network/own-ice-supply.ts';
import type { RunNetwork } from '../../harness/network/run-network.ts';

/** The network of calls whose peers are fakes: none, and no servers. */
export function fakeNetwork(): RunNetwork {
  return new PlainNetwork({
    level: 'loopback',
    signalingUrl: '/signaling',
    rooms: {
      cut: () => {},
      restore: () => {},
      restart: () => {},
      fault: () => {},
      faultHits: () => 0,
      clearFaults: () => {},
    },
    supply: new OwnIceSupply(() => {
      throw new Error('a call with fake peers wants a TURN server');
    }),
  });
}
