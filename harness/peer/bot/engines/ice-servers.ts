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

/** libjuice, its ICE, reaches TURN servers over UDP only. */
export function whyNoRelay({ iceServers, iceTransportPolicy }: RTCConfiguration): string | undefined {
  const relays = toIceServers(iceServers).filter(({ relayType }) => relayType !== undefined);
  const isMeant = relays.length > 0 || iceTransportPolicy === 'relay';
  if (!isMeant || relays.some(({ relayType }) => relayType === 'TurnUdp')) return undefined;
  return 'reach a TURN server over TCP or TLS';
}
