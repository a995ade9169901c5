// The gate's Action by GitHub's own parser and evaluator: the schema of action.yml, its
// expressions, and its steps, run by real bash with the runner's files. It does not prove
// nested `uses`, permissions or the delivery of events.
//
//   node .ci/action.mjs MODULES ACTION.YML WORKSPACE TEMP
//
// MODULES holds node_modules with @actions/workflow-parser and @actions/expressions. What
// the runner would set (GITHUB_EVENT_PATH and so on) is taken from the environment. Prints
// what the steps print, then the outputs as one line of JSON; ends as the failed step did.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { register } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

// The parser imports its schema as JSON in the way that bundlers take and Node refuses.
register(
  "data:text/javascript," +
    encodeURIComponent(`
      import { readFileSync } from "node:fs";
      export async function load(url, context, next) {
        if (!url.endsWith(".json")) return next(url, context);
        const source = "export default " + readFileSync(new URL(url), "utf8");
        return { format: "module", source, shortCircuit: true };
      }`),
);

const [modules, file, workspace, temp] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(resolve(modules, "node_modules/@actions", path)));
const { parseAction, convertActionTemplate } = await load("workflow-parser/dist/actions/index.js");
const { NoOperationTraceWriter } = await load("workflow-parser/dist/index.js");
const { Evaluator, Lexer, Parser, data } = await load("expressions/dist/index.js");

const parsed = parseAction(
  { name: "action.yml", content: readFileSync(file, "utf8") },
  new NoOperationTraceWriter(),
);
const action = parsed.value && convertActionTemplate(parsed.context, parsed.value);
const problems = parsed.context.errors.getErrors();
if (problems.length) {
  console.error(problems.map((problem) => problem.message).join("\n"));
  process.exit(4);
}

const dictionary = (object) =>
  new data.Dictionary(
    ...Object.entries(object).map(([key, value]) => ({
      key,
      value: typeof value === "object" ? dictionary(value) : new data.StringData(value),
    })),
  );
const context = {
  github: { action_path: dirname(resolve(file)) },
  runner: { temp },
  inputs: Object.fromEntries(
    action.inputs.map((input) => [
      input.id,
      process.env[`INPUT_${input.id.toUpperCase()}`] ?? input.default?.toString() ?? "",
    ]),
  ),
  steps: {},
};
// A value is text, or one expression: `a${{ b }}` is read as format('a{0}', b).
const text = (token) => {
  if (token === undefined) return undefined;
  if (token.expression === undefined) return token.toString();
  const { tokens } = new Lexer(token.expression).lex();
  const tree = new Parser(tokens, Object.keys(context), []).parse();
  return new Evaluator(tree, dictionary(context)).evaluate().coerceString();
};

const member = (mapping, name) => [...mapping].find(({ key }) => key.toString() === name)?.value;
const steps = [...member(member(parsed.value, "runs"), "steps")];

let code = 0;
for (const [number, step] of steps.entries()) {
  const output = join(temp, `output-${number}`);
  writeFileSync(output, "");
  const script = join(temp, `step-${number}.sh`);
  writeFileSync(script, text(member(step, "run")));
  const env = { ...process.env, RUNNER_TEMP: temp, GITHUB_OUTPUT: output };
  for (const { key, value } of member(step, "env") ?? []) env[key.toString()] = text(value);
  // https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#defaultsrunshell
  const done = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", script], {
    cwd: text(member(step, "working-directory")) ?? workspace,
    env,
    stdio: "inherit",
  });
  const lines = existsSync(output) ? readFileSync(output, "utf8").split("\n") : [];
  const outputs = Object.fromEntries(lines.filter(Boolean).map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const id = text(member(step, "id"));
  if (id) context.steps[id] = { outputs };
  code = done.status ?? 1;
  if (code) break;
}
console.log(JSON.stringify(Object.fromEntries(action.outputs.map((o) => [o.id, text(o.value)]))));
process.exit(code);
