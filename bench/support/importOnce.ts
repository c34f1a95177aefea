/**
 * Imports rows once, and prints the seconds that it takes, and the peaks of this process's memory and of its heap in MB. With 0 rows,
 * that is the memory of the program itself.
 */
import { tokenOf } from "./data.ts"
import { importer } from "./importers/byName.ts"
import { importAll } from "./importers/importer.ts"

const [, , url = "", name = "", rows = "0", journal = ""] = process.argv

let heap = 0
const watchHeap = () => {
  heap = Math.max(heap, process.memoryUsage().heapUsed)
}

const run = await importer(name, url, tokenOf(0))
const watch = setInterval(watchHeap, 50)
const began = performance.now()
await importAll(run, Number(rows), { concurrency: 16, journal })
const seconds = (performance.now() - began) / 1000
watchHeap()
clearInterval(watch)
console.log(JSON.stringify({ seconds, memory: process.resourceUsage().maxRSS / 1024, heap: heap / 2 ** 20 }))
process.exit()
