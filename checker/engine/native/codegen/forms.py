"""The table of which function generates code for which form of the IR."""

from __future__ import annotations

from assay.checker.engine.native.codegen.containers import bags, sequences
from assay.checker.engine.native.codegen.containers.sets import COLLECTION_PLANS
from assay.checker.engine.native.codegen.context import Forms
from assay.checker.engine.native.codegen.expressions import conditions, numbers, records
from assay.checker.engine.native.codegen.expressions import locals as local_names
from assay.checker.engine.native.codegen.iteration import folds, making, parts, stored
from assay.checker.engine.native.codegen.iteration.comprehensions import plan_comprehension
from assay.checker.engine.native.codegen.iteration.evaluation import EVALUATION
from assay.checker.engine.native.codegen.iteration.loops import LOOPS
from assay.checker.engine.native.codegen.iteration.membership import MEMBERSHIP, member
from assay.checker.engine.native.codegen.iteration.quantifiers import quantifier
from assay.checker.engine.native.codegen.statements import assigning, choosing, control
from assay.checker.engine.native.codegen.wordwise.masks import CONDITION_PLANS
from assay.checker.language.ir import nodes

__all__ = ["FORMS"]

FORMS = Forms(
    expressions={
        nodes.Literal: numbers.literal,
        nodes.Name: numbers.name,
        nodes.ConstantRef: numbers.constant_ref,
        nodes.Read: stored.read,
        nodes.Field: records.field,
        nodes.Item: records.item,
        nodes.Make: records.made,
        nodes.MakeTuple: records.made,
        nodes.Cast: records.cast,
        nodes.Narrow: records.narrow,
        nodes.IsKind: records.is_kind,
        nodes.Compare: conditions.compare,
        nodes.Not: conditions.not_,
        nodes.Assertion: conditions.assertion,
        nodes.And: conditions.conjunction,
        nodes.Or: conditions.disjunction,
        nodes.Implies: conditions.implication,
        nodes.Conditional: numbers.conditional,
        nodes.Arithmetic: numbers.arithmetic,
        nodes.Let: numbers.let,
        nodes.Quantifier: quantifier,
        nodes.Member: member,
        nodes.SetRelation: folds.set_relation,
        nodes.SameContents: folds.same_contents,
        nodes.Cardinality: folds.cardinality,
        nodes.Sum: folds.sum_of,
        nodes.Extreme: folds.extreme,
        nodes.SizeOf: numbers.size_of,
        nodes.LeastOf: numbers.least_of,
        nodes.SeqLength: sequences.seq_length,
        nodes.SeqItem: sequences.seq_item,
        nodes.Collected: making.collected,
        nodes.Length: parts.length,
        nodes.ItemAt: parts.item_at,
        nodes.SameItems: parts.same_items,
        nodes.Entry: parts.entry,
        nodes.MakeMap: making.make_map,
        nodes.BagCount: bags.bag_count,
        nodes.BagTotal: bags.bag_total,
    },
    statements={
        nodes.Block: control.block,
        nodes.Require: control.require,
        nodes.Assign: assigning.assign,
        nodes.AssignLocal: local_names.assign,
        nodes.AssignCollection: assigning.assign_collection,
        nodes.AssignMap: assigning.assign_map,
        nodes.SetUpdate: assigning.update_set,
        nodes.SeqAppend: sequences.append,
        nodes.SeqPop: sequences.pop,
        nodes.SeqStore: sequences.store_item,
        nodes.BagUpdate: bags.update,
        nodes.Clear: assigning.clear,
        nodes.Unchosen: choosing.unchosen,
        nodes.If: control.if_,
        nodes.For: control.for_,
    },
    loops=LOOPS,
    membership=MEMBERSHIP,
    evaluation=EVALUATION,
    collection_plans={
        **COLLECTION_PLANS,
        nodes.Comprehension: plan_comprehension,
        nodes.Elements: parts.plan_elements,
    },
    condition_plans=CONDITION_PLANS,
)
"""The functions for expressions, statements and collections, and for conditions that may be computed as words."""
