import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** A TCP relay that cuts every connection through it after so many bytes: what is under way then is lost. */
export class CuttingProxy implements AsyncDisposable {
  readonly #server = createServer((client) => this.#relay(client));
  readonly #target: number;
  readonly #cutAfterBytes: () => number;
  readonly #sockets = new Set<Socket>();
  /** How often it has cut. */
  cuts = 0;

  private constructor(target: number, cutAfterBytes: () => number) {
    this.#target = target;
    this.#cutAfterBytes = cutAfterBytes;
  }

  static async open(target: number, cutAfterBytes: () => number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(target, cutAfterBytes);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #relay(client: Socket): void {
    const upstream = connect(this.#target, '127.0.0.1');
    let leftBytes = this.#cutAfterBytes();
    let isCut = false;
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    const forward = (from: Socket, to: Socket) => {
      this.#sockets.add(from);
      from.on('data', (chunk) => {
        // Nothing after the cut: a stream with a hole is not what a broken network gives.
        if (isCut) return;
        leftBytes -= chunk.length;
        // A part of the chunk still gets through: cuts fall into the middle of frames.
        to.write(leftBytes < 0 ? chunk.subarray(0, chunk.length + leftBytes) : chunk);
        if (leftBytes >= 0) return;
        isCut = true;
        this.cuts += 1;
        setImmediate(cut);
      });
      from.on('error', cut);
      from.on('close', () => {
        this.#sockets.delete(from);
        cut();
      });
    };
    forward(client, upstream);
    forward(upstream, client);
  }
}
