/** One kind of thing that a browser has or has not, and how a page finds out. */
export interface FeatureProbe {
  /** What it means that a browser has it; `NAME` is what stands behind the colon. */
  summary: string;
  example: string;
  /** Where it is specified. */
  spec: string;
  /** Runs in the page: sees nothing but its argument, which is what stands behind the colon. */
  has: (name: string) => boolean | Promise<boolean>;
}

/**
 * How a browser is asked what it can do, by the kind of feature: `codec:video/AV1` is asked by `codec`. A browser is
 * always asked, never looked up in a list: builds of the same version differ.
 */
export const FEATURE_PROBES = {
  codec: {
    summary: 'sends and receives the codec `NAME`',
    example: 'codec:video/AV1',
    spec: 'https://www.w3.org/TR/webrtc/#dom-rtcrtpsender-getcapabilities',
    has: (name) => {
      const kind = name.split('/', 1)[0] ?? '';
      const isIn = (capabilities: RTCRtpCapabilities | null) =>
        capabilities?.codecs.some(({ mimeType }) => mimeType.toLowerCase() === name.toLowerCase()) ?? false;
      return isIn(RTCRtpSender.getCapabilities(kind)) && isIn(RTCRtpReceiver.getCapabilities(kind));
    },
  },
  send: {
    summary: 'sends the codec `NAME`',
    example: 'send:video/H264',
    spec: 'https://www.w3.org/TR/webrtc/#dom-rtcrtpsender-getcapabilities',
    has: (name) => {
      const capabilities = RTCRtpSender.getCapabilities(name.split('/', 1)[0] ?? '');
      return (
        capabilities?.codecs.some(({ mimeType }) => mimeType.toLowerCase() === name.toLowerCase()) ?? false
      );
    },
  },
  receive: {
    summary: 'receives the codec `NAME`',
    example: 'receive:video/H265',
    spec: 'https://www.w3.org/TR/webrtc/#dom-rtcrtpreceiver-getcapabilities',
    has: (name) => {
      const capabilities = RTCRtpReceiver.getCapabilities(name.split('/', 1)[0] ?? '');
      return (
        capabilities?.codecs.some(({ mimeType }) => mimeType.toLowerCase() === name.toLowerCase()) ?? false
      );
    },
  },
  api: {
    summary: 'has the interface, or the member of it, `NAME`',
    example: 'api:RTCRtpSender.createEncodedStreams',
    spec: 'https://www.w3.org/TR/webrtc/#interfaces',
    has: (name) => {
      const [owner = '', member] = name.split('.');
      const found = (globalThis as unknown as Record<string, { prototype?: object } | undefined>)[owner];
      if (found === undefined || member === undefined) return found !== undefined;
      return member in found || (found.prototype !== undefined && member in found.prototype);
    },
  },
  constraint: {
    summary: 'knows the constraint `NAME`',
    example: 'constraint:echoCancellation',
    spec: 'https://www.w3.org/TR/mediacapture-streams/#dom-mediadevices-getsupportedconstraints',
    has: (name) => {
      const supported = navigator.mediaDevices.getSupportedConstraints() as Record<string, boolean>;
      return supported[name] === true;
    },
  },
  recorder: {
    summary: 'records into `NAME`, a MIME type',
    example: 'recorder:video/webm;codecs=vp8,opus',
    spec: 'https://www.w3.org/TR/mediastream-recording/#dom-mediarecorder-istypesupported',
    has: (name) => typeof MediaRecorder === 'function' && MediaRecorder.isTypeSupported(name),
  },
  svc: {
    summary: 'sends the scalability mode `NAME`, with the codec in front of it if there is one',
    example: 'svc:VP9/L3T3',
    spec: 'https://www.w3.org/TR/webrtc-svc/#scalabilitymodes*',
    has: async (name) => {
      const [mode = '', codec] = name.split('/').toReversed();
      const pc = new RTCPeerConnection();
      try {
        // A browser without SVC drops the member that it does not know.
        const { sender } = pc.addTransceiver('video', {
          sendEncodings: [{ scalabilityMode: mode } as RTCRtpEncodingParameters],
        });
        const [first] = sender.getParameters().encodings as { scalabilityMode?: string }[];
        if (first?.scalabilityMode !== mode) return false;
      } catch {
        return false;
      } finally {
        pc.close();
      }
      if (codec === undefined) return true;
      const video = {
        contentType: `video/${codec}`,
        width: 640,
        height: 360,
        bitrate: 500_000,
        framerate: 20,
      };
      const asked = { type: 'webrtc', video: { ...video, scalabilityMode: mode } } as const;
      const { supported } = await navigator.mediaCapabilities.encodingInfo(asked);
      return supported;
    },
  },
  simulcast: {
    summary: 'sends several encodings of one track',
    example: 'simulcast',
    spec: 'https://www.w3.org/TR/webrtc/#simulcast-functionality',
    has: () => {
      const pc = new RTCPeerConnection();
      const sendEncodings = [{ rid: 'h' }, { rid: 'l', scaleResolutionDownBy: 2 }];
      const { sender } = pc.addTransceiver('video', { sendEncodings });
      const { length } = sender.getParameters().encodings;
      pc.close();
      return length === 2;
    },
  },
  dtmf: {
    summary: 'sends tones to a receiver that takes them',
    example: 'dtmf',
    spec: 'https://www.w3.org/TR/webrtc/#peer-to-peer-dtmf',
    has: () => {
      const codecs = RTCRtpSender.getCapabilities('audio')?.codecs ?? [];
      const sends = codecs.some(({ mimeType }) => mimeType.toLowerCase() === 'audio/telephone-event');
      return sends && typeof RTCDTMFSender === 'function';
    },
  },
  'encoded-transform': {
    summary: 'lets a page change encoded frames, by a worker or by streams',
    example: 'encoded-transform',
    spec: 'https://www.w3.org/TR/webrtc-encoded-transform/',
    has: () => 'RTCRtpScriptTransform' in globalThis || 'createEncodedStreams' in RTCRtpSender.prototype,
  },
} as const satisfies Record<string, FeatureProbe>;
