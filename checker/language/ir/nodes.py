"""The typed intermediate representation: what an action or property says, independent of any finite size.

Every backend reads it: the native explorer packs it into machine words, proofs translate it to first-order logic.
Expressions have no effects; statements change places. Names are unique within a method.

Evaluation is Python's: `And` and `Or` stop at the first part that decides, `Conditional` evaluates one branch, and
everything else all of its operands. A node may *fail* where Python raises: `definedness` tells which.
"""

from __future__ import annotations

from assay.checker.language.ir.collections import (
    Collection,
    Comprehension,
    Generator,
    IntRange,
    Members,
    SetChoice,
    SetOf,
    SetOperation,
    SetOperator,
    Slice,
    Stored,
    Universe,
)
from assay.checker.language.ir.conditions import (
    And,
    Assertion,
    Compare,
    Comparison,
    Implies,
    IsKind,
    Member,
    Not,
    Or,
    Quantifier,
    SameContents,
    SetRelation,
)
from assay.checker.language.ir.core import (
    FALSE,
    TRUE,
    Expr,
    Literal,
    Name,
    Node,
    Place,
    Root,
    children,
    mentioned_names,
    rewritten,
    substituted,
    walk,
)
from assay.checker.language.ir.expressions import (
    Arithmetic,
    ArithmeticOperator,
    Cast,
    Conditional,
    ConstantRef,
    Field,
    Item,
    LeastOf,
    Let,
    Make,
    MakeTuple,
    Narrow,
    Read,
    SeqItem,
)
from assay.checker.language.ir.measures import (
    BagCount,
    BagTotal,
    Cardinality,
    Extreme,
    SeqLength,
    SizeOf,
    Sum,
)
from assay.checker.language.ir.parts import (
    Collected,
    Concatenation,
    Elements,
    Entry,
    ItemAt,
    Length,
    Listing,
    MakeMap,
    SameItems,
)
from assay.checker.language.ir.statements import (
    Assign,
    AssignCollection,
    AssignLocal,
    AssignMap,
    BagUpdate,
    Block,
    Clear,
    For,
    If,
    Require,
    SeqAppend,
    SeqPop,
    SeqStore,
    SetChange,
    SetUpdate,
    Statement,
    Unchosen,
)

__all__ = [  # noqa: RUF022 - grouped as below
    "Node", "Expr", "Literal", "Name", "ConstantRef", "Read", "Place", "Root", "Field", "Item", "Make", "MakeTuple",
    "Cast", "Narrow", "IsKind", "Compare", "Comparison", "SetRelation", "SameContents", "Not", "And", "Or", "Assertion",
    "Implies", "Conditional", "Arithmetic", "ArithmeticOperator", "Quantifier", "Extreme", "Sum", "Cardinality",
    "SizeOf", "LeastOf", "Member", "SeqLength", "SeqItem", "BagCount", "BagTotal", "Let",
    "Collection", "Universe", "Stored", "Members", "IntRange", "Comprehension", "Generator", "SetOf",
    "SetOperation", "SetOperator", "Slice", "SetChoice",
    "Elements", "Collected", "Listing", "Concatenation", "Length", "ItemAt", "SameItems", "Entry", "MakeMap",
    "Statement", "Block", "Require", "Assign", "AssignLocal", "AssignCollection", "AssignMap", "SetChange", "SetUpdate",
    "SeqAppend", "SeqPop", "SeqStore", "BagUpdate", "Clear", "If", "For", "Unchosen",
    "TRUE", "FALSE", "children", "walk", "mentioned_names", "rewritten", "substituted",
]  # fmt: skip
