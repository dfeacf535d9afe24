/** The same thing, but for these words of it: for negative controls. Private state stays reachable. */
export function withOtherWords<Thing extends object>(thing: Thing, words: Partial<Thing>): Thing {
  return new Proxy(thing, {
    get: (target, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(words, name) ? words : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
