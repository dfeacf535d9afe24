export interface FirefoxPreferenceOptions {
  /** Keep mDNS host candidates instead of plain addresses. */
  mdns: boolean;
  /** The network has no IPv4. Default false. */
  ipv6Only?: boolean;
}

/** Preferences a Firefox-family browser's profile is made with, beside the ones @puppeteer/browsers gives it. */
export function firefoxPreferences({
  mdns,
  ipv6Only = false,
}: FirefoxPreferenceOptions): Record<string, boolean | number | string> {
  return {
    // Media: fake camera and microphone, no prompts, playing without a click, and silence.
    'media.navigator.streams.fake': true,
    'media.navigator.permission.disabled': true,
    'media.autoplay.default': 0,
    'media.autoplay.blocking_policy': 0,
    'media.volume_scale': '0.0',
    // ICE: candidates of the loopback interface, which Firefox leaves out otherwise.
    'media.peerconnection.ice.loopback': true,
    'media.peerconnection.ice.obfuscate_host_addresses': mdns,
    // Candidates of every interface, as of a page whose user has granted its devices. Without, only those of the default
    // routes, and in a network without IPv4 none at all (Firefox 153 looks up the route to IPv4 and to the page's host).
    // Only there: with those of the loopback interface among them, a second ICE restart leaves it without a selected pair.
    ...(ipv6Only ? { 'permissions.default.camera': 1, 'permissions.default.microphone': 1 } : {}),
    // Time: marks to the fraction of a millisecond, timers that hidden pages keep.
    'privacy.reduceTimerPrecision': false,
    'dom.min_background_timeout_value': 4,
    'dom.min_background_timeout_value_without_budget_throttling': 4,
    'dom.timeout.enable_budget_timer_throttling': false,
    'dom.timeout.background_throttling_max_budget': -1,
    'widget.windows.window_occlusion_tracking.enabled': false,
    // Quiet: nothing that talks to anyone but us.
    'app.normandy.enabled': false,
    'app.update.disabledForTesting': true,
    'browser.safebrowsing.downloads.remote.enabled': false,
    'browser.safebrowsing.malware.enabled': false,
    'browser.safebrowsing.phishing.enabled': false,
    'browser.topsites.contile.enabled': false,
    'datareporting.healthreport.uploadEnabled': false,
    'datareporting.policy.dataSubmissionEnabled': false,
    'extensions.getAddons.cache.enabled': false,
    'media.gmp-manager.updateEnabled': false,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
    'network.dns.disablePrefetch': true,
    'services.settings.server': 'data:,callrig',
    'toolkit.telemetry.enabled': false,
  };
}
