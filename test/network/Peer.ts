/** The client's end of a connection, which shows how much of it the client has seen. Client and server share one process. */
import { subscribe } from "node:diagnostics_channel"
import { Socket } from "node:net"

const clients = new Map<string, Socket>()

subscribe("net.client.socket", (message) => {
  if (typeof message !== "object" || message === null || !("socket" in message)) return
  const { socket } = message
  if (!(socket instanceof Socket)) return
  socket.once("connect", () => {
    const name = `${socket.localPort} to ${socket.remotePort}`
    clients.set(name, socket)
    socket.once("close", () => clients.delete(name))
  })
})

/** The client's end of a server's connection. Undefined once the client has closed it. */
const clientOf = ({ localPort, remotePort }: Socket): Socket | undefined => clients.get(`${remotePort} to ${localPort}`)

/** Waits until the client has read everything that was written to a connection, or has closed it. */
export const hasRead = (server: Socket): Promise<void> =>
  new Promise((resolve) => {
    const client = clientOf(server)
    const look = (): void => {
      const isRead = client === undefined || client.destroyed || client.bytesRead >= server.bytesWritten
      // After another turn, the client has acted on the last bytes.
      setImmediate(isRead ? resolve : look)
    }
    look()
  })

/** Ends a connection, and waits until the client has closed it too. */
export const hasEnded = async (server: Socket, end: () => void): Promise<void> => {
  const client = clientOf(server)
  end()
  if (client !== undefined && !client.closed)
    await new Promise<void>((resolve) => client.once("close", () => resolve()))
}
