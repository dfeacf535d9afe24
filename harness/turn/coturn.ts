import { NetworkError } from '../errors.ts';
import { detectSystem, installCommand } from '../setup/system-packages.mjs';
import { locate } from '../setup/things.mjs';

/**
 * Where coturn's server is.
 *
 * @throws NetworkError `TURN_NOT_INSTALLED` with the command that installs it here
 */
export function locateCoturn(env: NodeJS.ProcessEnv): string {
  const found = locate('coturn', env);
  if (found !== undefined) return found;
  const command = installCommand(['coturn'], detectSystem(env));
  throw new NetworkError('coturn, the TURN server, is not installed', {
    code: 'TURN_NOT_INSTALLED',
    hint:
      command === undefined
        ? 'no package manager here has it: use a TURN server of your own with --turn'
        : `install it with \`npm run setup\` or \`${command}\`, or use a TURN server of your own with --turn`,
    details: { command },
  });
}
