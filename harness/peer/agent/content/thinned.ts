/** Values kept of a series that may be of any length. */
const KEPT = 600;

/** Every value of a series, or evenly spaced ones once there are more than can be kept. */
export class Thinned<Value> {
  #values: Value[] = [];
  #stride = 1;
  #added = 0;

  add(value: Value): void {
    if (this.#added++ % this.#stride !== 0) return;
    this.#values.push(value);
    if (this.#values.length < KEPT) return;
    this.#values = this.#values.filter((_, i) => i % 2 === 0);
    this.#stride *= 2;
  }

  get values(): Value[] {
    return [...this.#values];
  }

  /** Of all that were added. */
  get count(): number {
    return this.#added;
  }
}
