/** The behaviours of a server, or of a gateway before it, down to the bytes of its replies. */
import * as ClientSocket from "./ClientSocket.ts"
import { chunked, type Exchange, type Reply, replyBytes, replyHead } from "./RawServer.ts"

/** The reaction of a server to a request. */
export type Behaviour = (exchange: Exchange) => unknown

/** Forwards the request and sends the complete reply. */
export const correct: Behaviour = async ({ forward, socket }) => {
  socket.write(replyBytes(await forward()))
}

const reset = ({ socket }: Exchange): void => {
  if (socket.destroyed) return
  socket.resetAndDestroy()
}

/** Closes the server's side of a connection. */
const close = ({ socket }: Exchange): void => {
  socket.end()
}

/** Sends a fixed text, then closes the connection or leaves it open. */
const sendText =
  (text: string, { open = false } = {}): Behaviour =>
  (exchange) =>
    open ? exchange.socket.write(text) : exchange.socket.end(text)

/** Sends a text before the complete reply. */
const sendBeforeReply =
  (text: string): Behaviour =>
  async ({ forward, socket }) => {
    const reply = await forward()
    socket.write(text)
    socket.write(replyBytes(reply))
  }

/** Sends a part of the reply, and ends the connection once the client has read it. */
const sendPart =
  (part: (reply: Reply) => Buffer | string, end: (exchange: Exchange) => void): Behaviour =>
  async (exchange) => {
    exchange.socket.write(part(await exchange.forward()))
    await ClientSocket.untilRead(exchange.socket)
    await ClientSocket.endAndWait(exchange.socket, () => end(exchange))
  }

const half = (body: Buffer): Buffer => body.subarray(0, Math.ceil(body.length / 2))

/** The first two lines, or everything if there are fewer. */
const twoLines = (body: Buffer): Buffer => body.subarray(0, body.indexOf("\n", body.indexOf("\n") + 1) + 1 || undefined)

const bytes = (...parts: Array<Buffer | string>): Buffer => Buffer.concat(parts.map((part) => Buffer.from(part)))

const jsonHead = (length: number | string): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`

/** All behaviours, by their descriptions. */
export const behaviours = {
  "reset without acting": reset,
  "closed without acting": ({ socket }) => socket.destroy(),
  "half-closed without acting": close,
  "reset after acting": async (exchange) => {
    await exchange.forward()
    reset(exchange)
  },
  "closed after acting": async (exchange) => {
    await exchange.forward()
    close(exchange)
  },
  "closed in the headers": sendPart((reply) => replyBytes(reply).subarray(0, 20), close),
  "reset after the headers": sendPart((reply) => replyHead(reply, `content-length: ${reply.body.length}`), reset),
  "reset in the body": sendPart(
    (reply) => bytes(replyHead(reply, `content-length: ${reply.body.length}`), half(reply.body)),
    reset
  ),
  "closed in the body": sendPart(
    (reply) => bytes(replyHead(reply, `content-length: ${reply.body.length}`), half(reply.body)),
    close
  ),
  "closed after the second line": sendPart(
    (reply) => bytes(replyHead(reply, `content-length: ${reply.body.length}`), twoLines(reply.body)),
    close
  ),
  "no Content-Length, closed after the second line": sendPart(
    (reply) => bytes(replyHead(reply, "connection: close"), twoLines(reply.body)),
    close
  ),
  "no Content-Length, reset after the second line": sendPart(
    (reply) => bytes(replyHead(reply, "connection: close"), twoLines(reply.body)),
    reset
  ),
  "Content-Length too small": sendPart(
    (reply) => bytes(replyHead(reply, `content-length: ${reply.body.length - 3}`, "connection: close"), reply.body),
    close
  ),
  "no last chunk, closed": sendPart(
    (reply) => bytes(replyHead(reply, "transfer-encoding: chunked"), chunked(reply.body)),
    close
  ),
  "no last chunk, reset": sendPart(
    (reply) => bytes(replyHead(reply, "transfer-encoding: chunked"), chunked(reply.body)),
    reset
  ),
  "chunks cut after the second line": sendPart(
    (reply) => bytes(replyHead(reply, "transfer-encoding: chunked"), chunked(twoLines(reply.body))),
    close
  ),
  "a malformed chunk size": sendPart(
    (reply) => bytes(replyHead(reply, "transfer-encoding: chunked"), "zz\r\n", reply.body, "\r\n0\r\n\r\n"),
    close
  ),
  "a chunk longer than its size": sendPart(
    (reply) => bytes(replyHead(reply, "transfer-encoding: chunked"), "5\r\n", reply.body, "\r\n0\r\n\r\n"),
    close
  ),
  "two Content-Length headers": sendPart(
    ({ body, ...reply }) => bytes(replyHead(reply, `content-length: ${body.length}`, "content-length: 1"), body),
    close
  ),
  "Content-Length and chunks": sendPart(
    ({ body, ...reply }) =>
      bytes(replyHead(reply, "content-length: 1", "transfer-encoding: chunked"), chunked(body), "0\r\n\r\n"),
    close
  ),
  "garbage instead of HTTP": sendText("\u0016\u0003\u0001 hello\r\n\r\n"),
  "another protocol, left open": sendText("220 smtp.example.com ESMTP\r\n", { open: true }),
  "headers too large": sendText(`HTTP/1.1 200 OK\r\nx: ${"a".repeat(200_000)}\r\n\r\n`),
  "200 without a body": sendText(jsonHead(0)),
  "204": sendText("HTTP/1.1 204 No Content\r\n\r\n"),
  "304": sendText("HTTP/1.1 304 Not Modified\r\n\r\n"),
  "101": sendText("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"),
  "complete, then closed": sendPart(replyBytes, close),
  "complete, then reset": sendPart(replyBytes, reset),
  "complete, no Content-Length, closed": sendPart(
    (reply) => bytes(replyHead(reply, "connection: close"), reply.body),
    close
  ),
  "complete, byte by byte": async ({ forward, socket }) => {
    const reply = replyBytes(await forward())
    const next = (at: number): void => {
      if (at < reply.length && !socket.destroyed)
        socket.write(reply.subarray(at, at + 1), () => setImmediate(next, at + 1))
    }
    next(0)
  },
  "complete, in chunks of one byte": async ({ forward, socket }) => {
    const reply = await forward()
    socket.write(bytes(replyHead(reply, "transfer-encoding: chunked"), chunked(reply.body, 1), "0\r\n\r\n"))
  },
  "complete, then junk": sendPart(
    (reply) => bytes(replyBytes(reply), "junk\r\n\r\n"),
    () => undefined
  ),
  "complete, then another response": sendPart(
    (reply) => bytes(replyBytes(reply), jsonHead(2), "{}"),
    () => undefined
  ),
  "an unrequested 100 before the reply": sendBeforeReply("HTTP/1.1 100 Continue\r\n\r\n"),
  "102 before the reply": sendBeforeReply("HTTP/1.1 102 Processing\r\n\r\n"),
  "103 twice before the reply": sendBeforeReply("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(2)),
  "never answers": () => undefined
} satisfies Readonly<Record<string, Behaviour>>

export type BehaviourName = keyof typeof behaviours
