import type { Impairment } from '../../topology/topology.ts';

/** A cable's plug: an interface to be made in a namespace that is there. */
export interface CableEnd {
  namespace: string;
  /** At most 15 characters, as the kernel has it. */
  interface: string;
}

/** A link between two namespaces of the lab, that can be impaired. */
export interface Cable {
  /** Unique in the lab. */
  name: string;
  /** The peer's side: `a-to-b` is the uplink. */
  a: CableEnd;
  b: CableEnd;
}

export type CableDirection = 'a-to-b' | 'b-to-a';

/** Makes cables and impairs them. Closing it takes its processes away; the namespaces take the interfaces. */
export interface LinkEmulator extends AsyncDisposable {
  readonly name: 'netem' | 'wirefilter';
  /** Whether the same seed loses the same packets again. */
  readonly isSeeded: boolean;
  /**
   * Makes both interfaces of each cable, up but without addresses, their offloads off. Not impaired yet.
   *
   * @throws NetworkError
   */
  lay(cables: readonly Cable[]): Promise<void>;
  /**
   * Impairs one direction from now on; what `impairment` leaves out is not impaired. Packets on their way stay.
   *
   * @throws NetworkError when the emulator cannot do it, or did not take it
   */
  set(cable: Cable, direction: CableDirection, impairment: Impairment): Promise<void>;
}
