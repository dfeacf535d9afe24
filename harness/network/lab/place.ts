import type { BrowserPlace } from '../../peer/host.ts';
import type { Station } from './station.ts';

/** A peer's namespace as the place of its browser. */
export function placeIn({
  name,
  enter,
  station,
  ipv6Only,
  gone,
}: {
  name: string;
  /** Words in front of a command that make it run in the namespace. */
  enter: readonly string[];
  /** Asked each time: throws when the namespace is not there any more. */
  station: () => Promise<Station>;
  ipv6Only: boolean;
  gone: AbortSignal;
}): BrowserPlace {
  return {
    name,
    enter: [...enter, ...asOrdinaryUser()],
    listen: async () => (await station()).listen({ host: '127.0.0.1', port: 0 }),
    dial: async (port) => (await station()).dial({ host: '127.0.0.1', port }),
    ipv6Only,
    gone,
  };
}

/**
 * An ordinary user is root in the lab's user namespace, and Chromium refuses to run as root with its sandbox. In one
 * more namespace, without privileges, it has its sandbox. Real root is told to do without, as outside of a lab.
 */
function asOrdinaryUser(): string[] {
  return process.getuid?.() === 0 ? [] : ['unshare', '-U', '--map-user=1000', '--map-group=1000', '--'];
}
