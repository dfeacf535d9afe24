import { NetworkError } from '../errors.ts';
import type { SignalingControl } from '../scenario/controls.ts';

/** The script's words for signaling that is not the run's own server's: none of them could do anything. */
export function foreignSignaling(name: string): SignalingControl {
  const refuse = () => {
    const message = `${name} is no server of the run's: it cannot be cut, restarted or made to fail`;
    const hint = 'leave --signaling out for scenarios that disturb the signaling';
    return Promise.reject(
      new NetworkError(message, { code: 'SIGNALING_NOT_OURS', hint, details: { phase: 'script' } }),
    );
  };
  return { cut: refuse, restore: refuse, restart: refuse, fault: refuse, hits: refuse, clearFaults: refuse };
}
