const encoder = new TextEncoder()

const blockBytes = 64

/** The first 64 primes. The constants of SHA-256 are the fractions of their roots. */
const primes = Array.from({ length: 312 }, (_, number) => number).filter(
  (number) =>
    number > 1 && !Array.from({ length: number }, (_, divisor) => divisor).some((d) => d > 1 && number % d === 0)
)

const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32)

const roundConstants = primes.map((prime) => fraction(Math.cbrt(prime)))

const initialState = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)))

/**
 * The HMAC-SHA-256 of a text. The key has at most 64 bytes. WebCrypto has no synchronous one: a reply would take real
 * time, while a test's clock runs on.
 */
export const sha256 = (key: Uint8Array, text: string): Uint8Array<ArrayBuffer> => {
  const padded = (mask: number) => Uint8Array.from({ length: blockBytes }, (_, at) => (key[at] ?? 0) ^ mask)
  return hash(concat(padded(0x5c), hash(concat(padded(0x36), encoder.encode(text)))))
}

const concat = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(left.length + right.length)
  bytes.set(left)
  bytes.set(right, left.length)
  return bytes
}

const rotated = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits))

/** SHA-256 (FIPS 180-4). */
const hash = (message: Uint8Array): Uint8Array<ArrayBuffer> => {
  const padded = new DataView(new ArrayBuffer(Math.ceil((message.length + 9) / blockBytes) * blockBytes))
  for (const [at, byte] of message.entries()) padded.setUint8(at, byte)
  padded.setUint8(message.length, 0x80)
  padded.setBigUint64(padded.byteLength - 8, BigInt(message.length) * 8n)
  const state = new DataView(new ArrayBuffer(32))
  for (const [at, word] of initialState.entries()) state.setUint32(at * 4, word)
  for (let start = 0; start < padded.byteLength; start += blockBytes) addBlock(state, padded, start)
  return new Uint8Array(state.buffer)
}

const addBlock = (state: DataView, padded: DataView, start: number): void => {
  const words = new DataView(new ArrayBuffer(roundConstants.length * 4))
  const word = (at: number): number => words.getUint32(at * 4)
  const initial = (at: number): number => state.getUint32(at * 4)
  let [a, b, c, d] = [initial(0), initial(1), initial(2), initial(3)]
  let [e, f, g, h] = [initial(4), initial(5), initial(6), initial(7)]
  for (const [at, constant] of roundConstants.entries()) {
    if (at < 16) words.setUint32(at * 4, padded.getUint32(start + at * 4))
    else {
      const [early, late] = [word(at - 15), word(at - 2)]
      const small0 = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3)
      const small1 = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10)
      words.setUint32(at * 4, word(at - 16) + small0 + word(at - 7) + small1)
    }
    const large1 = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
    const first = (h + large1 + ((e & f) ^ (~e & g)) + constant + word(at)) | 0
    const large0 = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)
    const second = large0 + ((a & b) ^ (a & c) ^ (b & c))
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0]
  }
  for (const [at, sum] of [a, b, c, d, e, f, g, h].entries()) state.setUint32(at * 4, state.getUint32(at * 4) + sum)
}
