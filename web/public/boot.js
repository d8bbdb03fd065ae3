// Before first paint: the colour scheme and the language of the last visit, and the nonce for
// chunks loaded later. A file, not inline code, so that the policy needs no hash.
;(function () {
  try {
    var root = document.documentElement
    window.__webpack_nonce__ = document.currentScript.nonce
    var scheme = localStorage.getItem('gausdo.scheme') || 'auto'
    if (scheme === 'auto') {
      scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'
    }
    root.setAttribute('data-mantine-color-scheme', scheme)
    root.lang =
      localStorage.getItem('gausdo.locale') || (/^ru/.test(navigator.language) ? 'ru' : 'en')
  } catch {
    // storage may be forbidden: the page then starts light and in English
  }
})()
