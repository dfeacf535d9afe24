/**
 * A function from its source: as a module of its own, so that it sees nothing of the agent's.
 *
 * Loaders that keep functions' names (tsx, by esbuild) leave calls of `__name` in the source.
 */
export async function compile(body: string): Promise<(...args: unknown[]) => unknown> {
  const url = URL.createObjectURL(
    new Blob([`const __name = (named) => named; export default (${body});`], { type: 'text/javascript' }),
  );
  try {
    const module = (await import(url)) as { default: (...args: unknown[]) => unknown };
    return module.default;
  } finally {
    URL.revokeObjectURL(url);
  }
}
