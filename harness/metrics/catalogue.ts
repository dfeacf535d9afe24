/** k6's metric types. */
export type MetricType = 'counter' | 'gauge' | 'rate' | 'trend';

export interface MetricDefinition {
  type: MetricType;
  /** `ms bps ratio fps count seconds bytes ms/frame`; printed beside every value. */
  unit: string;
  /** What one value is, in one sentence. */
  description: string;
  /** How it is derived: W3C names, or the two marks it lies between. */
  derivation: string;
  /** Spec anchor. */
  see?: string;
  /** `lower` or `higher` is better; absent when neither is. */
  better?: 'lower' | 'higher';
}

const STATS = 'https://www.w3.org/TR/webrtc-stats/';

/**
 * Every metric Callrig derives. The one place they are named: the scenario's types, the thresholds' validation, the
 * reports and harness/metrics/README.md all come from it.
 */
export const METRICS = {
  connection_success: {
    type: 'rate',
    unit: 'ratio',
    description: 'Share of connections that reached `connected`, each counted at both its ends.',
    derivation:
      'one sample per peer, call and other end: 1 if `connectionState` reached `connected`; none when the environment broke the call',
    better: 'higher',
  },
  checks: {
    type: 'rate',
    unit: 'ratio',
    description: 'Share of checks that held.',
    derivation: 'one sample per check that had evidence',
    better: 'higher',
  },
  call_success: {
    type: 'rate',
    unit: 'ratio',
    description: 'Share of a load’s calls that passed.',
    derivation:
      'one sample per call of a load: 1 if it passed, 0 if it failed; none when the environment broke it, nothing could be said, or the load cut it off',
    better: 'higher',
  },
  iterations: {
    type: 'counter',
    unit: 'count',
    description: 'Calls of a load that came to their end.',
    derivation: 'one sample per call of a load that was not cut off',
    see: 'https://grafana.com/docs/k6/latest/using-k6/metrics/reference/',
  },
  iteration_duration_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'How long a call of a load took, from opening its pages to closing them.',
    derivation: 'one sample per call of a load that was not cut off',
    see: 'https://grafana.com/docs/k6/latest/using-k6/metrics/reference/',
  },
  dropped_iterations: {
    type: 'counter',
    unit: 'count',
    description: 'Calls of a load that were due and could not begin: every VU was busy, or the time was up.',
    derivation: 'one sample per load, when it is over',
    see: 'https://grafana.com/docs/k6/latest/using-k6/scenarios/concepts/dropped-iterations/',
    better: 'lower',
  },
  vus_max: {
    type: 'gauge',
    unit: 'count',
    description: 'The most VUs that the loads had at the same time.',
    derivation: 'one sample per run with a load',
    see: 'https://grafana.com/docs/k6/latest/using-k6/metrics/reference/',
  },
  gum_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'How long getUserMedia() took.',
    derivation: 'gumStart → gumEnd',
    see: 'https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getusermedia',
    better: 'lower',
  },
  signaling_ms: {
    type: 'trend',
    unit: 'ms',
    description:
      'Offer to answer: at the offerer from sending the offer to receiving the answer, at the answerer from receiving the offer to sending the answer.',
    derivation: 'offerSent → answerReceived, or offerReceived → answerSent',
    better: 'lower',
  },
  gather_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'ICE gathering, from setLocalDescription() to the end of candidates.',
    derivation: 'gatherStart → gatherEnd',
    see: 'https://www.rfc-editor.org/rfc/rfc8445#section-5.1.1',
    better: 'lower',
  },
  stun_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'setLocalDescription() to the first server reflexive candidate.',
    derivation: 'gatherStart → firstSrflx',
    see: 'https://www.rfc-editor.org/rfc/rfc8445#section-5.1.1.2',
    better: 'lower',
  },
  turn_allocate_ms: {
    type: 'trend',
    unit: 'ms',
    description:
      'setLocalDescription() to the first relayed candidate: connecting to the TURN server, its challenge, and the allocation.',
    derivation: 'gatherStart → firstRelay',
    see: 'https://www.rfc-editor.org/rfc/rfc8656#section-7',
    better: 'lower',
  },
  ice_connected_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'Start of negotiation to `iceConnectionState` connected.',
    derivation: 'start → iceConnected',
    better: 'lower',
  },
  dtls_connected_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'Start of negotiation to the DTLS transport connected.',
    derivation: 'start → dtlsConnected',
    see: 'https://www.w3.org/TR/webrtc/#dom-rtcdtlstransportstate',
    better: 'lower',
  },
  connect_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'Start of negotiation to `connectionState` connected.',
    derivation: 'start → connected',
    better: 'lower',
  },
  first_rtp_ms: {
    type: 'trend',
    unit: 'ms',
    description:
      'Start of negotiation to the first RTP packet received, to the resolution of the poll that saw it.',
    derivation: 'start → firstRtp',
    better: 'lower',
  },
  first_frame_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'Start of negotiation to the first remote video frame presented.',
    derivation: 'start → firstFrame',
    better: 'lower',
  },
  relay_penalty_ms: {
    type: 'trend',
    unit: 'ms',
    description:
      "What a variant added to `connect_ms`: this peer's, minus the median of the baseline variant for the same pair and role.",
    derivation: '`connect_ms` − median(`connect_ms` of the baseline)',
    better: 'lower',
  },
  relay_penalty_first_frame_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'The same for `first_frame_ms`.',
    derivation: '`first_frame_ms` − median(`first_frame_ms` of the baseline)',
    better: 'lower',
  },
  relay_penalty_rtt_ms: {
    type: 'trend',
    unit: 'ms',
    description: "The same for the mean `rtt_ms` of the call's hold.",
    derivation: '`rtt_ms` − median(`rtt_ms` of the baseline)',
    better: 'lower',
  },
  media_gap_ms: {
    type: 'trend',
    unit: 'ms',
    description:
      'Longest time between two video frames presented one after the other, in the stretch the script watched.',
    derivation: 'requestVideoFrameCallback(), measured by the script',
    see: 'https://wicg.github.io/video-rvfc/',
    better: 'lower',
  },
  recovery_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'From the moment a disturbance ended to the first new video frame.',
    derivation: 'requestVideoFrameCallback(), measured by the script',
    better: 'lower',
  },
  ice_restart_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'From the offer of an ICE restart to a connected pair of the new generation.',
    derivation: 'measured by the script',
    see: 'https://www.rfc-editor.org/rfc/rfc8445#section-9',
    better: 'lower',
  },
  failure_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'How long a call that cannot work takes to say so.',
    derivation: 'measured by the script',
    better: 'lower',
  },
  yield_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'How long a sender takes to get below a rate that has dropped, and stay there.',
    derivation: '`send_bitrate_bps`, measured by the script',
    better: 'lower',
  },
  data_channel_open_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'From `createDataChannel()` to `open` at both ends of the channel.',
    derivation:
      'measured by the script; between two clocks; with the negotiation if it was the first channel',
    see: 'https://www.rfc-editor.org/rfc/rfc8832',
    better: 'lower',
  },
  data_rtt_ms: {
    type: 'trend',
    unit: 'ms',
    description:
      'From `send()` of a message to the arrival of its answer, in the clock of the peer that sent it.',
    derivation: 'measured by the script',
    better: 'lower',
  },
  data_throughput_bps: {
    type: 'trend',
    unit: 'bps',
    description: 'Payload that arrived over a data channel while its sender kept the buffer filled.',
    derivation:
      'bytes after the first message / time from its arrival to the last one’s, measured by the script',
    better: 'higher',
  },
  join_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'From coming into a room to media from and at everybody who is there.',
    derivation: 'measured by the script',
    better: 'lower',
  },
  rejoin_ms: {
    type: 'trend',
    unit: 'ms',
    description:
      'The same of a peer that had been there before: that left, crashed, or whose page was loaded again; from its page being there.',
    derivation: 'measured by the script',
    better: 'lower',
  },
  crash_notice_ms: {
    type: 'trend',
    unit: 'ms',
    description:
      "From a page's being gone without a word to `disconnected`, or worse, at who was connected with it.",
    derivation: '`connectionState` and `iceConnectionState`, measured by the script',
    see: 'https://www.rfc-editor.org/rfc/rfc7675#section-5.1',
    better: 'lower',
  },
  regain_ratio: {
    type: 'trend',
    unit: 'ratio',
    description:
      'What a sender sends again some seconds after its line has become wide, as a share of what it sent before it was narrow.',
    derivation: '`send_bitrate_bps`, measured by the script',
    better: 'higher',
  },
  e2e_latency_ms: {
    type: 'trend',
    unit: 'ms',
    description:
      'From painting a frame of the test pattern at the sender to presenting it at the receiver, by frame; to the uncertainty of both clocks.',
    derivation: 'time in the picture → requestVideoFrameCallback(), both in the harness’s clock',
    see: 'https://wicg.github.io/video-rvfc/',
    better: 'lower',
  },
  av_sync_ms: {
    type: 'trend',
    unit: 'ms',
    description:
      'How much later the sound of the test pattern changed than its picture, by change; negative when it was earlier.',
    derivation: 'change of the tone − first frame that tells of it, at the receiver',
  },
  frames_skipped_ratio: {
    type: 'trend',
    unit: 'ratio',
    description:
      'Share of the painted frames of the test pattern that were never presented, by remote video.',
    derivation: 'numbers skipped / numbers from the first frame read to the last',
    better: 'lower',
  },
  content_freeze_count: {
    type: 'counter',
    unit: 'count',
    description:
      'Times the picture of the test pattern stood still for three usual intervals, and for one and 150 ms, whether or not frames came.',
    derivation: 'time between two new numbers, at the receiver',
    see: `${STATS}#dom-rtcinboundrtpstreamstats-freezecount`,
    better: 'lower',
  },
  rtt_ms: {
    type: 'trend',
    unit: 'ms',
    description:
      'Round trip on the nominated candidate pair; where a browser reports none or 0, from RTCP receiver reports.',
    derivation: '`candidate-pair.currentRoundTripTime`, else `remote-inbound-rtp.roundTripTime`',
    see: `${STATS}#dom-rtcicecandidatepairstats-currentroundtriptime`,
    better: 'lower',
  },
  jitter_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'Interarrival jitter of received RTP (RFC 3550 §6.4.1), by stream.',
    derivation: '`inbound-rtp.jitter`',
    see: `${STATS}#dom-rtcreceivedrtpstreamstats-jitter`,
    better: 'lower',
  },
  packet_loss_ratio: {
    type: 'trend',
    unit: 'ratio',
    description: 'Share of expected RTP packets that never arrived, per interval and stream.',
    derivation: 'Δ`packetsLost` / (Δ`packetsLost` + Δ`packetsReceived`)',
    see: `${STATS}#dom-rtcreceivedrtpstreamstats-packetslost`,
    better: 'lower',
  },
  send_bitrate_bps: {
    type: 'trend',
    unit: 'bps',
    description: 'RTP sent with headers, all streams of a connection, per interval.',
    derivation: 'Δ(`outbound-rtp.bytesSent` + `headerBytesSent`) · 8 / Δ`timestamp`',
    see: `${STATS}#dom-rtcsentrtpstreamstats-bytessent`,
    better: 'higher',
  },
  recv_bitrate_bps: {
    type: 'trend',
    unit: 'bps',
    description: 'RTP received with headers, all streams of a connection, per interval.',
    derivation: 'Δ(`inbound-rtp.bytesReceived` + `headerBytesReceived`) · 8 / Δ`timestamp`',
    see: `${STATS}#dom-rtcinboundrtpstreamstats-bytesreceived`,
    better: 'higher',
  },
  fps_sent: {
    type: 'trend',
    unit: 'fps',
    description: 'Video frames sent per second.',
    derivation: 'Δ`outbound-rtp.framesSent` (else `framesEncoded`) / Δ`timestamp`',
    see: `${STATS}#dom-rtcoutboundrtpstreamstats-framessent`,
    better: 'higher',
  },
  fps_received: {
    type: 'trend',
    unit: 'fps',
    description: 'Video frames decoded per second.',
    derivation: 'Δ`inbound-rtp.framesDecoded` / Δ`timestamp`',
    see: `${STATS}#dom-rtcinboundrtpstreamstats-framesdecoded`,
    better: 'higher',
  },
  freeze_ratio: {
    type: 'trend',
    unit: 'ratio',
    description: 'Share of time the received video stood frozen.',
    derivation: 'Δ`inbound-rtp.totalFreezesDuration` / Δ`timestamp`',
    see: `${STATS}#dom-rtcinboundrtpstreamstats-totalfreezesduration`,
    better: 'lower',
  },
  concealment_ratio: {
    type: 'trend',
    unit: 'ratio',
    description: 'Share of played audio samples that were made up to hide loss.',
    derivation: 'Δ`inbound-rtp.concealedSamples` / Δ`totalSamplesReceived`',
    see: `${STATS}#dom-rtcinboundrtpstreamstats-concealedsamples`,
    better: 'lower',
  },
  jitter_buffer_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'Mean time a sample or frame spent in the jitter buffer, per interval and stream.',
    derivation: 'Δ`jitterBufferDelay` / Δ`jitterBufferEmittedCount`',
    see: `${STATS}#dom-rtcinboundrtpstreamstats-jitterbufferdelay`,
    better: 'lower',
  },
  encode_ms_per_frame: {
    type: 'trend',
    unit: 'ms/frame',
    description: 'Mean time to encode a video frame.',
    derivation: 'Δ`outbound-rtp.totalEncodeTime` / Δ`framesEncoded`',
    see: `${STATS}#dom-rtcoutboundrtpstreamstats-totalencodetime`,
    better: 'lower',
  },
  decode_ms_per_frame: {
    type: 'trend',
    unit: 'ms/frame',
    description: 'Mean time to decode a video frame.',
    derivation: 'Δ`inbound-rtp.totalDecodeTime` / Δ`framesDecoded`',
    see: `${STATS}#dom-rtcinboundrtpstreamstats-totaldecodetime`,
    better: 'lower',
  },
  nack_count: {
    type: 'counter',
    unit: 'count',
    description: 'NACKs this peer sent for what it received (RFC 4585 §6.2.1).',
    derivation: 'Δ`inbound-rtp.nackCount`',
    see: `${STATS}#dom-rtcinboundrtpstreamstats-nackcount`,
    better: 'lower',
  },
  pli_count: {
    type: 'counter',
    unit: 'count',
    description: 'Picture loss indications this peer sent (RFC 4585 §6.3.1).',
    derivation: 'Δ`inbound-rtp.pliCount`',
    see: `${STATS}#dom-rtcinboundrtpstreamstats-plicount`,
    better: 'lower',
  },
  fir_count: {
    type: 'counter',
    unit: 'count',
    description: 'Full intra requests this peer sent (RFC 5104 §4.3.1).',
    derivation: 'Δ`inbound-rtp.firCount`',
    see: `${STATS}#dom-rtcinboundrtpstreamstats-fircount`,
    better: 'lower',
  },
  available_outgoing_bitrate_bps: {
    type: 'trend',
    unit: 'bps',
    description: "The sender's bandwidth estimate on the nominated pair; Chromium only.",
    derivation: '`candidate-pair.availableOutgoingBitrate`',
    see: `${STATS}#dom-rtcicecandidatepairstats-availableoutgoingbitrate`,
    better: 'higher',
  },
  quality_limitation_ratio: {
    type: 'trend',
    unit: 'ratio',
    description: 'Share of time the encoder held quality back for want of CPU or bandwidth; Chromium only.',
    derivation: '1 − Δ`outbound-rtp.qualityLimitationDurations.none` / Δ(sum of all durations)',
    see: `${STATS}#dom-rtcoutboundrtpstreamstats-qualitylimitationdurations`,
    better: 'lower',
  },
  peer_cpu_cores: {
    type: 'trend',
    unit: 'cores',
    description: "CPU of the peer's browser, all its processes, divided by the peers that shared it.",
    derivation: 'Δ CPU seconds of the process tree / Δ time / peers in it',
    better: 'lower',
  },
  peer_memory_bytes: {
    type: 'trend',
    unit: 'bytes',
    description:
      "Proportional set size of the peer's browser, all its processes, divided by the peers that shared it; Linux only.",
    derivation: '`Pss` of /proc/PID/smaps_rollup over the process tree / peers in it',
    better: 'lower',
  },
  memory_growth_bytes_per_min: {
    type: 'trend',
    unit: 'bytes/min',
    description:
      "How fast the peer's share of its browser grows in the hold, at the least: what 95 % of the evidence is above, 0 if it may stand still. None in holds under 2 min; Linux only.",
    derivation: "Sen's slope of `peer_memory_bytes` over the later two thirds of the hold",
    better: 'lower',
  },
  heap_growth_bytes_per_min: {
    type: 'trend',
    unit: 'bytes/min',
    description: "The same of what the page's JavaScript holds; Chromium only.",
    derivation: "Sen's slope of the least `performance.memory.usedJSHeapSize` of each 24th of the hold",
    better: 'lower',
  },
  stats_growth_per_min: {
    type: 'trend',
    unit: 'objects/min',
    description:
      'The same of what getStats() lists: candidate pairs, streams, channels that are never given up.',
    derivation: "Sen's slope of the number of objects, by connection",
    better: 'lower',
  },
  agent_stats_ms: {
    type: 'trend',
    unit: 'ms',
    description: 'What one stats sample cost in the page, wall time.',
    derivation: 'getStats() and the delta, timed in the page',
    better: 'lower',
  },
  timer_lateness_ms: {
    type: 'trend',
    unit: 'ms',
    description: "How late the page's stats timer fired: a starved load generator shows here first.",
    derivation: 'timer due → timer fired, in the page',
    better: 'lower',
  },
  host_cpu_ratio: {
    type: 'trend',
    unit: 'ratio',
    description: 'Busy share of all cores of the machine the peers run on.',
    derivation: 'os.cpus() times, per interval',
    better: 'lower',
  },
  harness_cpu_seconds: {
    type: 'counter',
    unit: 'seconds',
    description: "CPU the harness's own process used.",
    derivation: 'process.cpuUsage(), per interval',
    better: 'lower',
  },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof METRICS;

/** Metrics that scripts measure themselves, with `measure()`. */
export const SCRIPT_METRICS = [
  'media_gap_ms',
  'recovery_ms',
  'ice_restart_ms',
  'failure_ms',
  'yield_ms',
  'join_ms',
  'rejoin_ms',
  'crash_notice_ms',
  'data_channel_open_ms',
  'data_rtt_ms',
  'data_throughput_bps',
  'regain_ratio',
] as const satisfies MetricName[];
export type ScriptMetricName = (typeof SCRIPT_METRICS)[number];

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}
