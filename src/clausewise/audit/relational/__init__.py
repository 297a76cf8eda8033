"""The audit's evaluator: Cedar policies as relational expressions, for DuckDB in one process or for Spark."""

from clausewise.audit.relational.carried import carried, column_type, columns_of
from clausewise.audit.relational.compiler import Atom, atoms, compile_policy, necessary
from clausewise.audit.relational.dialect import DUCKDB, SPARK, Dialect
from clausewise.audit.relational.scope import Columns, Scope, Uncompilable
from clausewise.audit.relational.types import BOOL, LONG, STRING, Value, Word, Words

__all__ = [
    "BOOL", "DUCKDB", "LONG", "SPARK", "STRING", "Atom", "Columns", "Dialect", "Scope", "Uncompilable", "Value",
    "Word", "Words", "atoms", "carried", "column_type", "columns_of", "compile_policy", "necessary",
]  # fmt: skip
