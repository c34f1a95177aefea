/** Lists an account once with one contender, and prints the peak of this process's memory in MB. */
import { contenders } from "./contenders.ts"

const [, , url = "", name = "", size = "0"] = process.argv
const contender = contenders(url, Number(size)).find((one) => one.name === name)
await contender?.list()
console.log(process.resourceUsage().maxRSS / 1024)
process.exit()
