import { z } from 'zod';

const Stereotype = z.looseObject({
  browserName: z.string().optional(),
  browserVersion: z.string().optional(),
  platformName: z.string().optional(),
});

const Status = z.object({
  ready: z.boolean(),
  message: z.string().optional(),
  nodes: z
    .array(
      z.object({
        uri: z.string(),
        availability: z.string().optional(),
        maxSessions: z.number(),
        /** ms. */
        sessionTimeout: z.number().optional(),
        slots: z.array(
          z.object({
            stereotype: Stereotype,
            session: z.object({ sessionId: z.string() }).nullish(),
          }),
        ),
      }),
    )
    .optional(),
});

/** A place for one browser. */
export interface GridSlot {
  browserName?: string;
  browserVersion?: string;
  platformName?: string;
  /** The session that has it. */
  session?: string;
}

export interface GridNode {
  uri: string;
  /** How many of its slots may be taken at the same time. */
  maxSessions: number;
  /** After so long without a command a session is ended, ms. */
  sessionTimeoutMs?: number;
  slots: GridSlot[];
}

/** What a Grid says of itself: those of its nodes that take sessions. */
export interface GridStatus {
  nodes: GridNode[];
}

/** Reads the value of `GET /status`; `undefined` when it is no Grid's: a lone driver's has no nodes. */
export function parseGridStatus(value: unknown): GridStatus | undefined {
  const { data } = Status.safeParse(value);
  if (!data?.nodes) return undefined;
  const up = data.nodes.filter(({ availability = 'UP' }) => availability === 'UP');
  return {
    nodes: up.map(({ uri, maxSessions, sessionTimeout, slots }) => ({
      uri,
      maxSessions,
      ...(sessionTimeout !== undefined && { sessionTimeoutMs: sessionTimeout }),
      slots: slots.map(({ stereotype, session }) => slotOf(stereotype, session?.sessionId)),
    })),
  };
}

function slotOf(
  { browserName, browserVersion, platformName }: z.infer<typeof Stereotype>,
  session: string | undefined,
): GridSlot {
  return {
    ...(browserName !== undefined && { browserName }),
    ...(browserVersion !== undefined && { browserVersion }),
    ...(platformName !== undefined && { platformName }),
    ...(session !== undefined && { session }),
  };
}

/** The node that has a session. */
export function nodeOf({ nodes }: GridStatus, session: string): GridNode | undefined {
  return nodes.find(({ slots }) => slots.some((slot) => slot.session === session));
}

export interface Slots {
  total: number;
  free: number;
}

/** How many sessions at the same time there can be, and could be more now; of some slots only, if `isMeant` says so. */
export function countSlots({ nodes }: GridStatus, isMeant: (slot: GridSlot) => boolean = () => true): Slots {
  const counts = nodes.map(({ slots, maxSessions }) => {
    const taken = slots.filter(({ session }) => session !== undefined).length;
    const meant = slots.filter(isMeant);
    const free = meant.filter(({ session }) => session === undefined).length;
    return {
      total: Math.min(meant.length, maxSessions),
      free: Math.min(free, Math.max(0, maxSessions - taken)),
    };
  });
  return {
    total: counts.reduce((sum, { total }) => sum + total, 0),
    free: counts.reduce((sum, { free }) => sum + free, 0),
  };
}

/** `2 × chrome 156 (linux), 1 × firefox`; `no slot` when there is none. */
export function describeSlots({ nodes }: GridStatus): string {
  const counts = new Map<string, number>();
  for (const slot of nodes.flatMap(({ slots }) => slots)) {
    const name = describeSlot(slot);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count} × ${name}`).join(', ') || 'no slot';
}

function describeSlot({ browserName = 'any browser', browserVersion, platformName }: GridSlot): string {
  const version = browserVersion ? ` ${browserVersion}` : '';
  return `${browserName}${version}${platformName ? ` (${platformName.toLowerCase()})` : ''}`;
}
