"""Parameters for papermill: `papermill -p sigma 2.5 in.ipynb out.ipynb` injects `const sigma = 2.5;`.

papermill has no entry point for languages, but it loads the engines that packages offer (`papermill.engine`) whenever
it is imported. Ours is its own, and by being loaded teaches it TypeScript. Only papermill imports this module.
"""

import json
import math
import re

from papermill.engines import NBClientEngine
from papermill.exceptions import PapermillException
from papermill.models import Parameter
from papermill.translators import Translator, papermill_translators

# 2**53 - 1: beyond it a JavaScript number is no longer the integer that was given.
LARGEST_SAFE_INTEGER = 9007199254740991

IDENTIFIER = re.compile(r"[^\W\d][\w$]*|\$[\w$]*")
RESERVED = frozenset(
    "await break case catch class const continue debugger default delete do else enum export extends false finally for "
    "function if implements import in instanceof interface let new null package private protected public return static "
    "super switch this throw true try typeof var void while with yield".split()
)
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

# `const name: type = value; // help`, with a value of one line; quotes may hold slashes.
DECLARATION = re.compile(
    r"""^(?:const|let|var)\s+(?P<name>[\w$]+)\s*(?::\s*(?P<type>[^=]+?))?\s*=\s*
    (?P<value>(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`|/(?!/)|[^/"'`])*?);?\s*
    (?://\s*(?P<help>.*))?$""",
    re.VERBOSE,
)


class TypeScriptTranslator(Translator):
    """Values of JSON, and what YAML adds to it (NaN, infinities), as TypeScript."""

    @classmethod
    def translate_escaped_str(cls, val):
        """A string; also of whatever is no value of JSON, such as a date."""
        text = json.dumps(str(val), ensure_ascii=False)
        return LONE_SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

    @classmethod
    def translate_none(cls, val):
        """null"""
        return "null"

    @classmethod
    def translate_int(cls, val):
        """A number, or a bigint where a number would be another integer."""
        return str(val) if abs(val) <= LARGEST_SAFE_INTEGER else f"{val}n"

    @classmethod
    def translate_float(cls, val):
        """A number. 1e+22 → 1e+22, inf → Infinity"""
        if math.isnan(val):
            return "NaN"
        return repr(val) if math.isfinite(val) else ("Infinity" if val > 0 else "-Infinity")

    @classmethod
    def translate_list(cls, val):
        """An array."""
        return f"[{', '.join(map(cls.translate, val))}]"

    @classmethod
    def translate_dict(cls, val):
        """An object. `"__proto__": x` would set its prototype; in brackets it is a name like others."""
        names = {key: cls.translate_escaped_str(key) for key in val}
        entries = [
            f"{f'[{name}]' if key == '__proto__' else name}: {cls.translate(val[key])}" for key, name in names.items()
        ]
        return f"{{ {', '.join(entries)} }}" if entries else "{}"

    @classmethod
    def comment(cls, cmt_str):
        """The line above the parameters."""
        return f"// {cmt_str}".strip()

    @classmethod
    def assign(cls, name, str_val):
        """A declaration; in the kernel it takes the place of the one in the cell tagged `parameters`."""
        if not isinstance(name, str) or not IDENTIFIER.fullmatch(name) or name in RESERVED:
            raise PapermillException(
                f"Expected a name that TypeScript allows for a variable (letters, digits, _ and $), got {name!r}; "
                "rename the parameter, or give it inside an object: -y '{options: {name: …}}'"
            )
        return f"const {name} = {str_val};"

    @classmethod
    def inspect(cls, parameters_cell):
        """What `papermill --help-notebook` lists: declarations of one line, with their types and comments."""
        found = (DECLARATION.match(line.strip()) for line in parameters_cell.source.splitlines())
        return [
            Parameter(
                name=match["name"],
                inferred_type_name=(match["type"] or "None").strip(),
                default=match["value"].strip(),
                help=(match["help"] or "").strip(),
            )
            for match in found
            if match
        ]


for name in ("estimand", "typescript"):  # the kernel by its name, and notebooks of the language under other names
    papermill_translators.register(name, TypeScriptTranslator)

Engine = NBClientEngine
