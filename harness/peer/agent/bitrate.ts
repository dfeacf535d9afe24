/**
 * Bounds what each video track may send, bit/s; `undefined` leaves it to the browser. An encoding that is bounded already
 * stays as it is.
 *
 * @see https://www.w3.org/TR/webrtc/#dom-rtcrtpencodingparameters-maxbitrate
 */
export async function limitVideoBitrate(
  pc: RTCPeerConnection,
  maxBitrateBps: number | undefined,
): Promise<void> {
  if (maxBitrateBps === undefined) return;
  for (const sender of pc.getSenders()) {
    if (sender.track?.kind !== 'video') continue;
    const parameters = sender.getParameters();
    for (const encoding of parameters.encodings) encoding.maxBitrate ??= maxBitrateBps;
    await sender.setParameters(parameters);
  }
}
