/** The client's socket of a server's connection, which shows how much the client has read. Both are in this process. */
import { subscribe } from "node:diagnostics_channel"
import { Socket } from "node:net"

const clients = new Map<string, Socket>()

subscribe("net.client.socket", (message) => {
  if (typeof message !== "object" || message === null || !("socket" in message)) return
  const { socket } = message
  if (!(socket instanceof Socket)) return
  socket.once("connect", () => {
    const key = `${socket.localPort} to ${socket.remotePort}`
    clients.set(key, socket)
    socket.once("close", () => clients.delete(key))
  })
})

/** The client's socket of a server's connection, or undefined once the client has closed it. */
const clientOf = ({ localPort, remotePort }: Socket): Socket | undefined => clients.get(`${remotePort} to ${localPort}`)

/** Waits until the client has read all bytes that the server wrote, or has closed its socket. */
export const untilRead = (server: Socket): Promise<void> =>
  new Promise((resolve) => {
    const client = clientOf(server)
    const check = (): void => {
      const isRead = client === undefined || client.destroyed || client.bytesRead >= server.bytesWritten
      // The client needs one more turn to handle the last bytes.
      setImmediate(isRead ? resolve : check)
    }
    check()
  })

/** Ends a connection, and waits until the client has closed its socket. */
export const endAndWait = async (server: Socket, end: () => void): Promise<void> => {
  const client = clientOf(server)
  end()
  if (client !== undefined && !client.closed)
    await new Promise<void>((resolve) => client.once("close", () => resolve()))
}
