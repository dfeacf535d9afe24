import { StoreError, toError } from '../errors.ts';

const CAUSES: Record<string, { code: string; what: string; hint: string }> = {
  ENOSPC: {
    code: 'STORE_FULL',
    what: 'no space left on the device',
    hint: 'Free some space or name another folder with --out; what was written until now stays readable.',
  },
  EDQUOT: {
    code: 'STORE_FULL',
    what: 'disk quota exceeded',
    hint: 'Free some space or name another folder with --out; what was written until now stays readable.',
  },
  EACCES: denied('permission denied'),
  EPERM: denied('operation not permitted'),
  EROFS: denied('the file system is read-only'),
  ENOTDIR: denied('a part of the path is not a folder'),
  ENOENT: denied('no folder can be made there'),
  EEXIST: denied('it exists already'),
};

function denied(what: string): { code: string; what: string; hint: string } {
  return { code: 'STORE_NOT_WRITABLE', what, hint: 'Name a folder you can write to with --out.' };
}

/** A failed write, as the one error the user sees: which file, why, and what to do. */
export function writeError(thrown: unknown, path: string): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const cause = toError(thrown);
  const errno = 'code' in cause && typeof cause.code === 'string' ? cause.code : 'unknown';
  const known = CAUSES[errno] ?? {
    code: 'STORE_WRITE_FAILED',
    what: cause.message,
    hint: 'Look at the disk, or name another folder with --out.',
  };
  return new StoreError(`cannot write ${path}: ${known.what}`, {
    code: known.code,
    hint: known.hint,
    details: { path, errno },
    cause,
  });
}
