const maxLength = 254
const maxLocalBytes = 64
const maxDomainLength = 256
const maxLabelLength = 63
const minLabels = 2

const atom = /^(?:[\w!#$%&'*+\-/=?^`{|}~]|[^\0-\x7F])+$/ // oxlint-disable-line no-control-regex
const separators = /[\0- @:/\\#!$&'()*+,;=?]/ // oxlint-disable-line no-control-regex
const label = /^[a-z\d](?:[a-z\d-]*[a-z\d])?$/i
const topLabel = /^[a-z](?:[a-z\d-]*[a-z\d])?$/i

const encoder = new TextEncoder()

/**
 * True if joi, the schema library of the real server, accepts a text as an e-mail address: a dot-string and a domain of
 * at least two labels, in any script, under any top-level domain (wire contract 2). The library itself,
 * `@hapi/address`, needs modules of Node; tests compare the two.
 */
export const isEmail = (text: string): boolean => {
  const email = text.normalize("NFC")
  const [local = "", domain, ...more] = email.split("@")
  return (
    domain !== undefined &&
    more.length === 0 &&
    email.length <= maxLength &&
    encoder.encode(local).length <= maxLocalBytes &&
    local.split(".").every((part) => atom.test(part)) &&
    isDomain(domain)
  )
}

const isDomain = (domain: string): boolean => {
  if (domain === "" || domain.length > maxDomainLength || separators.test(domain)) return false
  const labels = toAscii(domain).split(".")
  return (
    labels.length >= minLabels &&
    labels.every(
      (part, index) => part.length <= maxLabelLength && (index < labels.length - 1 ? label : topLabel).test(part)
    )
  )
}

/**
 * The domain in ASCII, as a URL writes its host. A domain that no URL can have stays as it is, and fails the checks.
 */
const toAscii = (domain: string): string => {
  try {
    return new URL(`http://${domain.replaceAll("%", "%25")}`).host
  } catch {
    return domain
  }
}
