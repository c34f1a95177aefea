/** Installs the packed package as an application has it. */
import { assert } from "@effect/vitest"
import { execFileSync, spawnSync } from "node:child_process"
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs"
import { dirname, join } from "node:path"

const root = join(import.meta.dirname, "../..")

/** The compiler. */
export const tsc = join(root, "node_modules/typescript/bin/tsc")

/** Runs a program with the Node of the tests, and gives its output if it fails. */
export const failureOf = (cwd: string, ...args: ReadonlyArray<string>): string | undefined => {
  const { status, stderr, stdout } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" })
  return status === 0 ? undefined : `${stdout}${stderr}`
}

/** Builds and packs the package. Gives the path of the tarball. */
const pack = (folder: string): string => {
  const source = join(folder, "source")
  mkdirSync(source)
  const built = failureOf(root, tsc, "-p", "tsconfig.build.json", "--outDir", join(source, "dist"))
  assert.isUndefined(built)
  for (const name of ["package.json", "README.md", "CHANGELOG.md", "LICENSE", "src"]) {
    cpSync(join(root, name), join(source, name), { recursive: true })
  }
  execFileSync("npm", ["pack", "--ignore-scripts", "--pack-destination", folder], { cwd: source, stdio: "ignore" })
  return join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "")
}

interface Manifest {
  readonly bin: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean } | undefined>>
}

/** The packages that npm installs with the package: its dependencies, and its peers that are not optional. */
const installedWith = ({ dependencies, peerDependencies, peerDependenciesMeta }: Manifest): ReadonlyArray<string> => [
  ...Object.keys(dependencies),
  ...Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)
]

/** Links packages of this repository into an application. Their own dependencies are found where they are. */
const link = (application: string, names: ReadonlyArray<string>): void => {
  for (const name of names) {
    const path = join(application, "node_modules", name)
    mkdirSync(dirname(path), { recursive: true })
    symlinkSync(join(root, "node_modules", name), path)
  }
}

/** Installs the package with its programs, and with no other package. Gives the folder of the application. */
const installAlone = (folder: string): readonly [application: string, manifest: Manifest] => {
  const application = join(folder, "application")
  const installed = join(application, "node_modules/effect-chatbotkit")
  mkdirSync(installed, { recursive: true })
  execFileSync("tar", ["-xzf", pack(folder), "-C", installed, "--strip-components", "1"])
  const manifest: Manifest = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"))
  mkdirSync(join(application, "node_modules/.bin"))
  for (const [name, path] of Object.entries(manifest.bin)) {
    chmodSync(join(installed, path), 0o755)
    symlinkSync(join("../effect-chatbotkit", path), join(application, "node_modules/.bin", name))
  }
  return [application, manifest]
}

/** Installs the package as npm does in an empty folder: with what it depends on, and nothing else. */
export const installInEmptyFolder = (folder: string): string => {
  const [application, manifest] = installAlone(folder)
  link(application, installedWith(manifest))
  return application
}

/** Installs the package in an application that has all packages of this repository. */
export const installBesideAll = (folder: string): string => {
  const [application] = installAlone(folder)
  link(
    application,
    readdirSync(join(root, "node_modules")).filter((name) => !name.startsWith("."))
  )
  return application
}
