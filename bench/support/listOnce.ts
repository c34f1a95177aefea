/** Lists an account once with one contender, and prints the peak of this process's memory in MB. */
import { contender } from "./contenders/byName.ts"

const [, , url = "", name = "", size = "0"] = process.argv
const client = await contender(name, url, Number(size))
await client.list()
console.log(process.resourceUsage().maxRSS / 1024)
process.exit()
