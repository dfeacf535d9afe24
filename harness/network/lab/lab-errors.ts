import { NetworkError } from '../../errors.ts';
import type { LabLayout } from './layout.ts';

export const gone = (what: string): NetworkError =>
  new NetworkError(`${what} is not there any more, or not yet: the lab's network was made anew`, {
    code: 'LAB_GONE',
  });

export function noEmulator({ links }: LabLayout): NetworkError {
  const names = links.filter(({ emulated }) => emulated).map(({ id }) => id);
  return new NetworkError(`nothing here can impair the lab's links ${names.join(', ')}`, {
    code: 'LAB_NO_EMULATOR',
    hint: 'install wirefilter (package vde2), or use a kernel with netem',
  });
}
