/** Checks the arrangement of the source files: `npm run structure`. */
import * as Structure from "./Structure.ts"

const problems = Structure.problems()
for (const problem of problems) console.log(problem)
console.log(
  `${Structure.summary}: ${problems.length === 0 ? "no circle, no crowded folder, no doubled name" : `${problems.length} problems`}`
)
process.exitCode = problems.length === 0 ? 0 : 1
