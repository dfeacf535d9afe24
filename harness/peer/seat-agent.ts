/** What a page that several peers share offers the driver: agents beside the first. */
export interface SharedPage {
  callrigSeat?: (control: string) => void;
}

/** Runs in the page: seats another agent there. */
export function seatAgent(control: string): void {
  const seat = (globalThis as SharedPage).callrigSeat;
  if (!seat) throw new Error('this page is for one peer');
  seat(control);
}
