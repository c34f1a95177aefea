/** Ways for a server, or what stands before it, to answer: byte by byte. */
import * as Peer from "./Peer.ts"
import type { Exchange } from "./RawServer.ts"
import { chunked, head, whole } from "./RawServer.ts"

/** What is done with a request. */
export type Wire = (exchange: Exchange) => unknown

/** Answers as it should be. */
export const well: Wire = async ({ act, socket }) => {
  socket.write(whole(await act()))
}

const reset = ({ socket }: Exchange): void => {
  // Of a socket over TLS, too.
  if (socket.destroyed) return
  socket.resetAndDestroy()
}

const close = ({ socket }: Exchange): void => {
  socket.end()
}

/** Answers with fixed bytes and closes the connection, or leaves it open. */
const saying =
  (text: string, { open = false } = {}): Wire =>
  (exchange) =>
    open ? exchange.socket.write(text) : exchange.socket.end(text)

/** Does what is asked, and says this before the answer. */
const before =
  (text: string): Wire =>
  async ({ act, socket }) => {
    const answer = await act()
    socket.write(text)
    socket.write(whole(answer))
  }

/** Does what is asked, sends this much of the answer, and ends the connection once the client has read it. */
const cutting =
  (part: (answer: Awaited<ReturnType<Exchange["act"]>>) => Buffer | string, end: (exchange: Exchange) => void): Wire =>
  async (exchange) => {
    exchange.socket.write(part(await exchange.act()))
    await Peer.hasRead(exchange.socket)
    await Peer.hasEnded(exchange.socket, () => end(exchange))
  }

const half = (body: Buffer): Buffer => body.subarray(0, Math.ceil(body.length / 2))

/** Up to the end of the second line, where there is one. */
const twoLines = (body: Buffer): Buffer => body.subarray(0, body.indexOf("\n", body.indexOf("\n") + 1) + 1 || undefined)

const bytes = (...parts: Array<Buffer | string>): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)))

const ok = (length: number | string): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`

export const wires = {
  "reset, nothing done": reset,
  "closed, nothing done": close,
  "closed on its side only, nothing done": ({ socket }) => socket.end(),
  "done, then reset": async (exchange) => {
    await exchange.act()
    reset(exchange)
  },
  "done, then closed": async (exchange) => {
    await exchange.act()
    close(exchange)
  },
  "done, cut in the headers": cutting((answer) => whole(answer).subarray(0, 20), close),
  "done, reset after the headers": cutting((answer) => head(answer, `content-length: ${answer.body.length}`), reset),
  "done, reset in the body": cutting(
    (answer) => bytes(head(answer, `content-length: ${answer.body.length}`), half(answer.body)),
    reset
  ),
  "done, closed in the body": cutting(
    (answer) => bytes(head(answer, `content-length: ${answer.body.length}`), half(answer.body)),
    close
  ),
  "done, closed after the second line": cutting(
    (answer) => bytes(head(answer, `content-length: ${answer.body.length}`), twoLines(answer.body)),
    close
  ),
  "no length, closed after the second line": cutting(
    (answer) => bytes(head(answer, "connection: close"), twoLines(answer.body)),
    close
  ),
  "no length, reset after the second line": cutting(
    (answer) => bytes(head(answer, "connection: close"), twoLines(answer.body)),
    reset
  ),
  "length too small": cutting(
    (answer) => bytes(head(answer, `content-length: ${answer.body.length - 3}`, "connection: close"), answer.body),
    close
  ),
  "no last chunk, closed": cutting(
    (answer) => bytes(head(answer, "transfer-encoding: chunked"), chunked(answer.body)),
    close
  ),
  "no last chunk, reset": cutting(
    (answer) => bytes(head(answer, "transfer-encoding: chunked"), chunked(answer.body)),
    reset
  ),
  "chunks cut after the second line": cutting(
    (answer) => bytes(head(answer, "transfer-encoding: chunked"), chunked(twoLines(answer.body))),
    close
  ),
  "a chunk size that is no number": cutting(
    (answer) => bytes(head(answer, "transfer-encoding: chunked"), "zz\r\n", answer.body, "\r\n0\r\n\r\n"),
    close
  ),
  "a chunk longer than it says": cutting(
    (answer) => bytes(head(answer, "transfer-encoding: chunked"), "5\r\n", answer.body, "\r\n0\r\n\r\n"),
    close
  ),
  "two lengths": cutting(
    ({ body, ...answer }) => bytes(head(answer, `content-length: ${body.length}`, "content-length: 1"), body),
    close
  ),
  "a length and chunks": cutting(
    ({ body, ...answer }) =>
      bytes(head(answer, "content-length: 1", "transfer-encoding: chunked"), chunked(body), "0\r\n\r\n"),
    close
  ),
  garbage: saying("\u0016\u0003\u0001 hello\r\n\r\n"),
  "not HTTP, open": saying("220 smtp.example.com ESMTP\r\n", { open: true }),
  "headers too large": saying(`HTTP/1.1 200 OK\r\nx: ${"a".repeat(200_000)}\r\n\r\n`),
  "no body": saying(ok(0)),
  "204": saying("HTTP/1.1 204 No Content\r\n\r\n"),
  "304": saying("HTTP/1.1 304 Not Modified\r\n\r\n"),
  "101": saying("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
  "whole, then closed": cutting(whole, close),
  "whole, then reset": cutting(whole, reset),
  "whole, no length, closed": cutting((answer) => bytes(head(answer, "connection: close"), answer.body), close),
  "whole, byte by byte": async ({ act, socket }) => {
    const answer = whole(await act())
    const next = (at: number): void => {
      if (at < answer.length && !socket.destroyed)
        socket.write(answer.subarray(at, at + 1), () => setImmediate(next, at + 1))
    }
    next(0)
  },
  "whole, in chunks of one byte": async ({ act, socket }) => {
    const answer = await act()
    socket.write(bytes(head(answer, "transfer-encoding: chunked"), chunked(answer.body, 1), "0\r\n\r\n"))
  },
  "whole, then junk": cutting(
    (answer) => bytes(whole(answer), "junk\r\n\r\n"),
    () => undefined
  ),
  "whole, then another response": cutting(
    (answer) => bytes(whole(answer), ok(2), "{}"),
    () => undefined
  ),
  "100 first": before("HTTP/1.1 100 Continue\r\n\r\n"),
  "102 first": before("HTTP/1.1 102 Processing\r\n\r\n"),
  "103 first, twice": before("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(2)),
  "never answers": () => undefined
} satisfies Readonly<Record<string, Wire>>

export type WireName = keyof typeof wires
