/** Media of this page's camera and microphone, and how to give it back. */
export interface Captured {
  stream: MediaStream;
  release: () => void;
}

/** Opens the devices for one agent alone. */
export async function captureAlone(constraints: MediaStreamConstraints): Promise<Captured> {
  const stream = await navigator.mediaDevices.getUserMedia(constraints);
  return { stream, release: () => {} };
}

/**
 * Opens the devices once for all agents of a page that want the same: each gets copies of the tracks, and the devices are
 * released with the last. Chromium counts every `getUserMedia()` with sound as a microphone, of which it opens 16.
 */
export class SharedCapture {
  #open = new Map<string, { opening: Promise<MediaStream>; users: number }>();

  readonly capture = async (constraints: MediaStreamConstraints): Promise<Captured> => {
    const key = JSON.stringify(constraints);
    const known = this.#open.get(key);
    const shared = known ?? { opening: navigator.mediaDevices.getUserMedia(constraints), users: 0 };
    shared.users++;
    this.#open.set(key, shared);
    const release = () => this.#leave(key, shared);
    try {
      const stream = await shared.opening;
      return { stream: stream.clone(), release };
    } catch (error) {
      release();
      throw error;
    }
  };

  #leave(key: string, shared: { opening: Promise<MediaStream>; users: number }): void {
    shared.users--;
    if (shared.users > 0) return;
    if (this.#open.get(key) === shared) this.#open.delete(key);
    void shared.opening.then((stream) => stream.getTracks().forEach((track) => track.stop())).catch(() => {});
  }
}
