import type { IceServer } from 'node-datachannel';

const URL_PARTS =
  /^(?<scheme>stuns?|turns?):(?<host>\[[^\]]+\]|[^:?]+)(?::(?<port>\d+))?(?:\?transport=(?<transport>\w+))?$/i;

/** `RTCIceServer`s as libdatachannel has them: one for each URL (RFC 7064, RFC 7065). What is no such URL is left out. */
export function toIceServers(servers: readonly RTCIceServer[] = []): IceServer[] {
  return servers.flatMap(({ urls, username, credential }) =>
    [urls].flat().flatMap((url): IceServer[] => {
      const { scheme = '', host = '', port, transport } = URL_PARTS.exec(url)?.groups ?? {};
      if (host === '') return [];
      const isTls = /s$/i.test(scheme);
      const server = { hostname: host.replaceAll(/[[\]]/g, ''), port: Number(port ?? (isTls ? 5349 : 3478)) };
      if (/^stun/i.test(scheme)) return [server];
      const relayType = isTls ? 'TurnTls' : transport?.toLowerCase() === 'tcp' ? 'TurnTcp' : 'TurnUdp';
      return [
        {
          ...server,
          relayType,
          ...(username !== undefined && { username }),
          ...(credential !== undefined && { password: credential }),
        },
      ];
    }),
  );
}

/**
 * What of ICE libdatachannel cannot do; `undefined` if it can do all that is asked for. Its libjuice reaches TURN servers
 * over UDP only; and with `iceTransportPolicy: 'relay'` it names no other candidates, but uses them (libdatachannel 0.24.5:
 * the selected pair was srflx to prflx).
 */
export function whyNoRelay({ iceServers, iceTransportPolicy }: RTCConfiguration): string | undefined {
  if (iceTransportPolicy === 'relay') return 'keep to relayed paths';
  const relays = toIceServers(iceServers).filter(({ relayType }) => relayType !== undefined);
  if (relays.length === 0 || relays.some(({ relayType }) => relayType === 'TurnUdp')) return undefined;
  return 'reach a TURN server over TCP or TLS';
}
