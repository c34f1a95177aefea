const names = /^localhost$|\.(?:localhost|internal|local)$/
const ipv4 = /^(?:0\.0\.0\.0$|127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)/
const ipv6 = /^\[(?:::1?\]|::ffff:|fe80:|f[cd])/

/**
 * True if requests may be proxied to the host of a URL (wire contract 3.9.5). The host is parsed first, so that other
 * forms of an address are seen through; no name is looked up.
 */
export const isAllowed = (url: string): boolean => {
  if (!URL.canParse(url)) return false
  const { hostname } = new URL(url)
  return ![names, ipv4, ipv6].some((refused) => refused.test(hostname))
}
