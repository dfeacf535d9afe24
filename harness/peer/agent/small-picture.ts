import { luma } from './picture-watch.ts';
import type { Picture } from '../connection-settings.ts';

const WIDTH = 32;
const HEIGHT = 18;

/** Reads what videos show, scaled down to 32×18, as RGBA; `undefined` of a video that shows nothing yet. */
export function smallPictures(): (video: HTMLVideoElement) => Uint8ClampedArray | undefined {
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  return (video) => {
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return undefined;
    context.drawImage(video, 0, 0, WIDTH, HEIGHT);
    return context.getImageData(0, 0, WIDTH, HEIGHT).data;
  };
}

/** What each video shows now, without those that show nothing yet. */
export function lookAt(videos: readonly HTMLVideoElement[]): Picture[] {
  const read = smallPictures();
  return videos.flatMap((video) => {
    const picture = read(video);
    if (!picture) return [];
    const { max: maxLuma, deviation } = luma(picture);
    return [{ maxLuma, deviation }];
  });
}
