/** Something that bots cannot do: the call is unsupported, neither passed nor failed. */
export class Unsupported extends Error {
  override name = 'Unsupported';
}
