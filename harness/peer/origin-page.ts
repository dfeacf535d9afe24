/** Where it is served; open to everybody, as it says nothing that a browser does not know. */
export const ORIGIN_PAGE = '/origin';

/** A page that tells the one around it what a page from its origin may do. */
export function renderOriginPage(): string {
  return `<!doctype html>
<title>Callrig</title>
<script>
  const hasMediaDevices = navigator.mediaDevices !== undefined;
  parent.postMessage({ origin, isSecure: isSecureContext, hasMediaDevices }, '*');
</script>
`;
}
