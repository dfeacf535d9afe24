// Run in a peer's page, as `rewrite` of `configure()`: they see nothing but their arguments.

type Layers = readonly { rid: string }[];

/**
 * An offer of one video in several layers (simulcast), as an offer of as many videos: browsers send simulcast, but do not
 * receive it. The header extension that names a packet's layer is declared to be the one that names its section, so
 * each layer comes as the video of a section that is called like it. Of an offer with one video and nothing else, whose
 * candidates are in it.
 *
 * Chromium estimates the bandwidth from delays, which a busy machine makes by itself, and sends no large layer
 * then (measured on loopback: 40 kbit/s for half a minute): its offer is made to ask for no such feedback, so that only loss counts.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8853
 */
export function layersApart(
  { type, sdp = '' }: RTCSessionDescriptionInit,
  layers: Layers,
): RTCSessionDescriptionInit {
  const [session = '', section = ''] = sdp.split(/^(?=m=)/m);
  const one = section
    .split('\r\n')
    .filter((line) => !/^a=(rid|simulcast|ssrc|ssrc-group|msid)\b/.test(line))
    .filter((line) => !/^a=extmap:.*(sdes:mid|repaired-rtp-stream-id)/.test(line))
    .map((line) => line.replace('sdes:rtp-stream-id', 'sdes:mid'))
    .filter(
      (line) => sdp.includes('o=mozilla') || !/(transport-cc|goog-remb|transport-wide-cc\S*)$/.test(line),
    )
    .map((line) => line.replace(/^a=sendrecv$/, 'a=sendonly'))
    .join('\r\n');
  const named = layers.map(({ rid }) => one.replace(/^a=mid:.*$/m, `a=mid:${rid}\r\na=msid:- ${rid}`));
  const group = layers.map(({ rid }) => rid).join(' ');
  return { type, sdp: session.replace(/^a=group:BUNDLE.*$/m, `a=group:BUNDLE ${group}`) + named.join('') };
}

/**
 * The answer to what {@link layersApart} made, as an answer to the offer of one video with the mid 0. Chromium takes from it
 * what to begin with, as it begins with too little for the largest layer.
 */
export function layersTogether(
  { type, sdp = '' }: RTCSessionDescriptionInit,
  layers: Layers,
): RTCSessionDescriptionInit {
  const [session = '', section = ''] = sdp.split(/^(?=m=)/m);
  const [, codec = ''] = /^m=\S+ \S+ \S+ (\S+)/.exec(section) ?? [];
  const start = `a=fmtp:${codec} x-google-start-bitrate=3000\r\n`;
  const rids = layers.map(({ rid }) => `a=rid:${rid} recv\r\n`).join('');
  const one = section.replace(/^a=mid:.*$/m, 'a=mid:0').replace('sdes:mid', 'sdes:rtp-stream-id');
  const simulcast = `a=simulcast:recv ${layers.map(({ rid }) => rid).join(';')}\r\n`;
  return {
    type,
    sdp: session.replace(/^a=group:BUNDLE.*$/m, 'a=group:BUNDLE 0') + one + start + rids + simulcast,
  };
}
