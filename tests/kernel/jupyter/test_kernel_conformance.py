"""The public conformance tests of jupyter_kernel_test, every optional part filled in."""

from contextlib import nullcontext

import jupyter_kernel_test as jkt
from engines import chosen


class ReplTests(jkt.KernelTests):
    engine = "repl"
    kernel_name = "estimand"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("hello, stderr")'
    completion_samples = [
        {"text": "Math.hyp", "matches": {"hypot"}},
        {"text": "'text'.toUpp", "matches": {"toUpperCase"}},
    ]
    complete_code_samples = ["1 + 1", "const x: number = 5;", "function f() {\n  return 1;\n}", "`a\nb`", ""]
    incomplete_code_samples = ["function f() {", "const x = (", "1 +", "`abc", "/* note", "if (true)", "[1, 2,"]
    invalid_code_samples = ["}", "let x = ;", "a b", "'abc"]
    code_page_something = "Math.hypot?"
    code_generate_error = 'throw new Error("on purpose")'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "const name: string = 'Ada'; name", "result": "'Ada'"},
        {"code": "[1, 2, 3].map((x) => x ** 2)", "result": "[ 1, 4, 9 ]"},
    ]
    code_display_data = [
        {"code": "display({ 'text/html': '<b>bold</b>' }, { raw: true }); undefined", "mime": "text/html"},
        {"code": "display([1, 2]); undefined", "mime": "text/plain"},
    ]
    code_history_pattern = "6*7"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "Math.hypot"
    code_clear_output = "clearOutput()"

    @classmethod
    def setUpClass(cls):
        with chosen(cls.engine):
            super().setUpClass()

    def test_history(self):
        # The search for three needs the code three times in the history.
        for _ in range(3):
            self.flush_channels()
            self.execute_helper("6 * 7")
        super().test_history()


class TslabTests(ReplTests):
    engine = "tslab"

    def subTest(self, *_, **__):
        """None of its own: what tslab cannot do fails the whole test."""
        return nullcontext()


class WelcomeTests(jkt.IopubWelcomeTests):
    kernel_name = "estimand"
    support_iopub_welcome = True
