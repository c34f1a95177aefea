/**
 * The server of all contenders, in a process of its own. It sends bytes that it made beforehand, as fast as Node's HTTP
 * server can, and a list in chunks of 100 contacts, as the real server does.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { contactAt, graphqlPath, idOf, indexOf, prefix, sizeOf } from "./data.ts"

const pageSize = 100
const largest = Number(process.argv[2] ?? 1e6)

const lines: Array<Buffer> = []
for (let start = 0; start < largest; start += pageSize) {
  let text = ""
  for (let index = start; index < Math.min(largest, start + pageSize); index++) {
    text += `${JSON.stringify({ type: "item", data: contactAt(index) })}\n`
  }
  lines.push(Buffer.from(text))
}

const json = (response: ServerResponse, value: unknown): void => {
  const body = JSON.stringify(value)
  response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) }).end(body)
}

const stream = (response: ServerResponse, size: number): void => {
  response.writeHead(200, { "content-type": "application/jsonl" })
  const pages = size / pageSize
  let next = 0
  const send = (): void => {
    while (next < pages) {
      const page = lines[next++]
      if (page !== undefined && !response.write(page)) {
        response.once("drain", send)
        return
      }
    }
    response.end()
  }
  send()
}

const page = (response: ServerResponse, size: number, cursor: string | null): void => {
  const start = cursor === null ? 0 : indexOf(cursor) + 1
  const items = Array.from({ length: Math.max(0, Math.min(pageSize, size - start)) }, (_, at) => contactAt(start + at))
  const last = items.at(-1)
  json(response, { items, ...(last === undefined ? {} : { cursor: last.id }) })
}

const bodies = new Map<string, Buffer>()

const one = (response: ServerResponse, id: string): void => {
  const body = bodies.get(id) ?? Buffer.from(JSON.stringify(contactAt(indexOf(id))))
  bodies.set(id, body)
  response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body)
}

const nothingFound = { data: { contacts: { edges: [], pageInfo: { hasNextPage: false } } } }

let made = 0

/** Answers a write with the id in its path, or with a new one, and a lookup with no contacts. */
const write = (request: IncomingMessage, response: ServerResponse, pathname: string): void => {
  const [id, operation] = pathname.slice(prefix.length + 1).split("/")
  request
    .on("data", () => undefined)
    .on("end", () =>
      json(response, pathname === graphqlPath ? nothingFound : { id: operation === undefined ? idOf(made++) : id })
    )
}

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const url = new URL(request.url ?? "/", "http://bench")
  if (request.method === "POST") return write(request, response, url.pathname)
  const path = url.pathname.slice(prefix.length + 1)
  if (path !== "list") return one(response, path.slice(0, -"/fetch".length))
  const size = sizeOf(request.headers.authorization)
  if (request.headers.accept === "application/jsonl") return stream(response, size)
  return page(response, size, url.searchParams.get("cursor"))
})

server.listen(0, "127.0.0.1", () => {
  const address = server.address()
  if (typeof address === "object" && address !== null) process.send?.(`http://127.0.0.1:${address.port}`)
})
process.once("disconnect", () => process.exit())
