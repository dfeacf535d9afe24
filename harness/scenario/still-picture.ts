// Runs in a peer's page, by `evaluate()`: it sees nothing but its arguments.

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** The colours in the middle and in a corner of the first remote video; `null` if it shows nothing. */
export function lookAtStill(): { middle: Colour; corner: Colour } | null {
  const video = [...document.querySelectorAll('video')].find(({ videoWidth }) => videoWidth > 0);
  const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!video || !context) return null;
  const { width, height } = context.canvas;
  context.drawImage(video, 0, 0, width, height);
  const at = (x: number, y: number): Colour => {
    const [red = 0, green = 0, blue = 0] = context.getImageData(x, y, 1, 1).data;
    return [red, green, blue];
  };
  return { middle: at(width / 2, height / 2), corner: at(width / 10, height / 10) };
}
