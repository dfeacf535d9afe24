import { renderProblem, type Problem } from '../errors.ts';
import { parseLink } from '../topology/parse-link.ts';
import type { LinkSpec } from '../topology/spec.ts';
import type { Link } from '../topology/topology.ts';

/**
 * What a script asked of a link: the directions it named.
 *
 * @throws TypeError with everything wrong: it is the script's mistake
 */
export function linkChange(spec: LinkSpec): Partial<Link> {
  const problems: Problem[] = [];
  const parsed = parseLink(spec, 'network.set()', problems);
  if (problems.length > 0) throw new TypeError(problems.map(renderProblem).join('\n'));
  return {
    ...(spec.uplink && { uplink: parsed.uplink }),
    ...(spec.downlink && { downlink: parsed.downlink }),
  };
}
