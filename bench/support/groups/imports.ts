/** The time to import. */
import * as Bundles from "../bundles.ts"
import { names } from "../contenders/byName.ts"
import { withEmptyModules } from "../emptyModules.ts"
import { importTime } from "../processes.ts"
import { type Measurements, ratio, rowOf } from "../report.ts"
import { atMost, type Group, inTurns } from "./group.ts"

const contact = "effect-chatbotkit/Contact"
const layers = { node: "effect-chatbotkit/layers/Node", fetch: "effect-chatbotkit/layers/Fetch" }
const effectAlone = "Effect without us"
const floor = "floor: Effect and empty modules"

export const imports: Group = {
  name: "import",
  description: "time to import, in new processes",
  run: async (rounds) => {
    const { effect, ownFiles } = await Bundles.loadedModules([contact, layers.fetch])
    const title = "time to import, CPU"
    const rows = await withEmptyModules(ownFiles, (empty) =>
      inTurns(rounds, {
        [names.official]: () => importTime(["@chatbotkit/sdk/contact/index.js"]),
        [effectAlone]: () => importTime(effect),
        [floor]: () => importTime([...effect, empty]),
        [names.fetch]: () => importTime([contact, layers.fetch]),
        [names.node]: () => importTime([contact, layers.node])
      })
    )
    const table: Measurements = {
      title,
      unit: "ms",
      digits: 1,
      rows,
      reference: effectAlone,
      note: `"${effectAlone}" imports the ${effect.length} modules of Effect that the files of layers/Fetch import, and with them all that these import.\nThe floor adds ${ownFiles} empty modules, as many as we have files there.`
    }
    const overEffect = (name: string) => ratio(rowOf([table], title, name), rowOf([table], title, effectAlone))
    return {
      tables: [table],
      targets: [
        atMost(`time to import layers/Fetch over ${effectAlone}`, 1.1, overEffect(names.fetch), {
          floor: overEffect(floor)
        })
      ]
    }
  }
}
