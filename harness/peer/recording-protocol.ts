/** What recorders are told to do. Part of the agent protocol. Times are epoch ms in the peer's clock. */
export interface RecordingCommands {
  /** Records what `remote` sends, or all that arrives; resolves when the recorder has started. */
  startRecording: { arg: { remote?: string; mimeType?: string }; result: { mimeType: string } };
  /** Resolves with what was recorded since the last one, which may be nothing yet; `done` with the last. */
  recordingPiece: { arg: null; result: { base64: string; done: boolean } };
  /** Resolves when the recorder has stopped, with how long it ran, and what all its pieces together hash to. */
  stopRecording: { arg: null; result: { recordedMs: number; sha256: string } };
  /** Plays what was recorded last, to its end. */
  playRecording: { arg: null; result: Playback };
}

/** What a browser makes of a recording. */
export interface Playback {
  /** What it says if it cannot play it; then the rest is of what it could. */
  error?: string;
  /** Absent if it cannot tell. */
  durationMs?: number;
  /** 0 without a picture. */
  width: number;
  height: number;
  /** Presented, each once. */
  frames: number;
  /** Looks in the later half of it, and how many of them found another picture than the look before. */
  lateLooks: number;
  lateChanges: number;
  /** The brightest luma in any look, 0 to 255. */
  maxLuma: number;
  /** Of its sound: absent without one. */
  audioMs?: number;
  /** Root mean square of its samples, 0 to 1. */
  audioLevel?: number;
}
