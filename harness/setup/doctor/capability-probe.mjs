// @ts-check
// Runs in the browser that is asked, and posts what it finds to the page's own server. Plain JS: served as it is.

const CONNECT_TIMEOUT_MS = 15_000;

/** @param {'audio' | 'video'} kind */
function codecs(kind) {
  return globalThis.RTCRtpSender?.getCapabilities?.(kind)?.codecs;
}

/**
 * Connects two connections of this page to each other.
 *
 * @returns {Promise<string | undefined>} Why they did not connect.
 */
async function connectToSelf() {
  const near = new RTCPeerConnection();
  const far = new RTCPeerConnection();
  near.onicecandidate = ({ candidate }) => void far.addIceCandidate(candidate ?? undefined);
  far.onicecandidate = ({ candidate }) => void near.addIceCandidate(candidate ?? undefined);
  const connected = new Promise((resolve, reject) => {
    near.onconnectionstatechange = () => {
      if (near.connectionState === 'connected') resolve(undefined);
      if (near.connectionState === 'failed') reject(new Error('the connection failed'));
    };
    const tooLate = () =>
      reject(new Error(`not connected after ${CONNECT_TIMEOUT_MS / 1000} s (${near.iceConnectionState})`));
    setTimeout(tooLate, CONNECT_TIMEOUT_MS);
  });
  near.createDataChannel('probe');
  try {
    await near.setLocalDescription();
    await far.setRemoteDescription(/** @type {RTCSessionDescription} */ (near.localDescription));
    await far.setLocalDescription();
    await near.setRemoteDescription(/** @type {RTCSessionDescription} */ (far.localDescription));
    await connected;
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    near.close();
    far.close();
  }
}

const peerConnection = 'RTCPeerConnection' in globalThis;
const connectFailure = peerConnection ? await connectToSelf() : 'there is no RTCPeerConnection';

/** @type {import('./report.ts').BrowserCapabilities} */
const capabilities = {
  secureContext: globalThis.isSecureContext,
  peerConnection,
  getUserMedia: navigator.mediaDevices?.getUserMedia !== undefined,
  connected: connectFailure === undefined,
  ...(connectFailure !== undefined && { connectFailure }),
  ...(codecs('video') && { video: codecs('video') }),
  ...(codecs('audio') && { audio: codecs('audio') }),
};
await fetch('result', { method: 'POST', body: JSON.stringify(capabilities) });
