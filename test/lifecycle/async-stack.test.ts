import { describe, expect, test } from 'vitest';
import { AsyncStack } from '../../harness/lifecycle/async-stack.ts';

/** A resource that notes when it is closed, one turn later. */
function resource(name: string, closed: string[]): AsyncDisposable & { name: string } {
  return {
    name,
    async [Symbol.asyncDispose]() {
      await Promise.resolve();
      closed.push(name);
    },
  };
}

describe('AsyncStack', () => {
  test('closes one after the other, last first', async () => {
    const closed: string[] = [];
    {
      await using stack = new AsyncStack();
      expect(stack.use(resource('server', closed)).name).toBe('server');
      stack.defer(() => void closed.push('timer'));
      stack.use(resource('browser', closed));
      expect(closed).toEqual([]);
    }
    expect(closed).toEqual(['browser', 'timer', 'server']);
  });

  test('closes the others if one does not close, and throws what that one threw', async () => {
    const closed: string[] = [];
    const stack = new AsyncStack();
    const broken = new Error('the disk is full');
    stack.use(resource('server', closed));
    stack.defer(() => Promise.reject(broken));
    stack.use(resource('browser', closed));
    await expect(stack[Symbol.asyncDispose]()).rejects.toBe(broken);
    expect(closed).toEqual(['browser', 'server']);
  });

  test('throws an AggregateError if several do not close, in the order they were closed', async () => {
    const stack = new AsyncStack();
    const first = new Error('opened first');
    const last = new Error('opened last');
    stack.defer(() => Promise.reject(first));
    stack.defer(() => {
      throw last;
    });
    const thrown: unknown = await stack[Symbol.asyncDispose]().catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(AggregateError);
    expect(thrown).toMatchObject({ errors: [last, first] });
  });

  test('closes nothing twice', async () => {
    const closed: string[] = [];
    const stack = new AsyncStack();
    stack.use(resource('server', closed));
    await Promise.all([stack[Symbol.asyncDispose](), stack[Symbol.asyncDispose]()]);
    await stack[Symbol.asyncDispose]();
    expect(closed).toEqual(['server']);
  });

  test('closes what a disposer leaves to it', async () => {
    const closed: string[] = [];
    {
      await using stack = new AsyncStack();
      stack.defer(() => stack.defer(() => void closed.push('late')));
    }
    expect(closed).toEqual(['late']);
  });
});

describe('AsyncStack.move()', () => {
  test('hands everything over, so that a factory can return what it opened', async () => {
    const closed: string[] = [];
    const open = async (): Promise<AsyncStack> => {
      await using stack = new AsyncStack();
      stack.use(resource('server', closed));
      stack.use(resource('browser', closed));
      return stack.move();
    };
    {
      await using _moved = await open();
      expect(closed).toEqual([]);
    }
    expect(closed).toEqual(['browser', 'server']);
  });
});
