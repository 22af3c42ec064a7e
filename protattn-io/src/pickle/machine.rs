//! The stack machine that a pickle is a program for.

use std::collections::HashMap;

use super::error::{Error, Problem, check_limit};
use super::global::Global;
use super::instruction::{Input, Instruction};
use super::value::{Id, Node, Pickle};
use super::{MAX_DEPTH, max_values};

/// Reads one pickle; what follows its end is left alone.
///
/// # Errors
/// For anything that is not a whole pickle, asks for what is not plain data, an array or a tensor,
/// or exceeds the limits named in the [module](super)'s documentation.
pub fn read(bytes: &[u8]) -> Result<Pickle<'_>, Error> {
    let mut input = Input::new(bytes);
    let mut machine = Machine {
        budget: bytes.len(),
        ..Machine::default()
    };
    loop {
        let at = input.position();
        let done = Instruction::read(&mut input).and_then(|step| machine.step(step));
        if let Some(root) = done.map_err(|problem| Error { at, problem })? {
            return Ok(Pickle {
                nodes: machine.nodes,
                root,
                end: input.position(),
            });
        }
    }
}

#[derive(Default)]
pub(super) struct Machine<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    stack: Vec<Id>,
    /// Heights of the stack at the open marks.
    marks: Vec<usize>,
    memo: HashMap<u64, Id>,
    /// The bytes that may still be copied by encoding text.
    pub(super) budget: usize,
}

impl<'a> Machine<'a> {
    /// Carries out one instruction; gives the result at the last.
    fn step(&mut self, instruction: Instruction<'a>) -> Result<Option<Id>, Problem> {
        match instruction {
            Instruction::Stop => return self.pop().map(Some),
            Instruction::Skip => {}
            Instruction::Mark => self.mark()?,
            Instruction::Pop => self.pop_value_or_mark()?,
            Instruction::PopMark => drop(self.pop_to_mark()?),
            Instruction::Duplicate => self.stack.push(self.top()?),
            Instruction::Push(node) => self.push(node)?,
            Instruction::Global { module, name } => self.push_global(module, name)?,
            Instruction::Put(index) => self.put(index)?,
            Instruction::Memoize => self.put(self.memo.len() as u64)?,
            Instruction::Get(index) => {
                let id = self.memo.get(&index).copied().ok_or(Problem::Memo(index))?;
                self.stack.push(id);
            }
            collect_or_call => self.collect_or_call(collect_or_call)?,
        }
        Ok(None)
    }

    /// The instructions that take values from the stack and give one back.
    fn collect_or_call(&mut self, instruction: Instruction<'a>) -> Result<(), Problem> {
        match instruction {
            Instruction::List => {
                let items = self.pop_to_mark()?;
                self.push(Node::List(items))
            }
            Instruction::Tuple => {
                let items = self.pop_to_mark()?;
                self.push(Node::Tuple(items))
            }
            Instruction::Dict => {
                let items = self.pop_to_mark()?;
                self.push(Node::Dict(pairs(&items)?))
            }
            Instruction::TupleOf(n) => {
                let items = self.pop_last(n)?;
                self.push(Node::Tuple(items))
            }
            Instruction::Append => self.pop_last(1).and_then(|items| self.extend_list(items)),
            Instruction::Appends => self.pop_to_mark().and_then(|items| self.extend_list(items)),
            Instruction::SetItem => self.pop_last(2).and_then(|items| self.extend_dict(&items)),
            Instruction::SetItems => self
                .pop_to_mark()
                .and_then(|items| self.extend_dict(&items)),
            Instruction::StackGlobal => self.stack_global(),
            Instruction::Reduce => self.reduce(),
            Instruction::Build => self.build(),
            Instruction::Persistent => self.persistent(),
            Instruction::PersistentText(text) => {
                self.push(Node::Text(text.into()))?;
                self.persistent()
            }
            _ => Ok(()),
        }
    }

    fn mark(&mut self) -> Result<(), Problem> {
        check_limit("open collections", self.marks.len() + 1, MAX_DEPTH)?;
        self.marks.push(self.stack.len());
        Ok(())
    }

    pub(super) fn push(&mut self, node: Node<'a>) -> Result<(), Problem> {
        check_limit("values", self.nodes.len() + 1, max_values())?;
        self.stack.push(Id(self.nodes.len() as u32));
        self.nodes.push(node);
        Ok(())
    }

    fn put(&mut self, index: u64) -> Result<(), Problem> {
        check_limit("stored values", self.memo.len() + 1, max_values())?;
        let top = self.top()?;
        self.memo.insert(index, top);
        Ok(())
    }

    /// Where the values above the last mark begin.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    pub(super) fn top(&self) -> Result<Id, Problem> {
        self.stack[self.floor()..]
            .last()
            .copied()
            .ok_or(Problem::StackUnderflow)
    }

    pub(super) fn pop(&mut self) -> Result<Id, Problem> {
        let top = self.top()?;
        self.stack.pop();
        Ok(top)
    }

    /// Python pops the mark itself where nothing stands above it.
    fn pop_value_or_mark(&mut self) -> Result<(), Problem> {
        if self.marks.last() == Some(&self.stack.len()) {
            self.marks.pop();
            return Ok(());
        }
        self.pop().map(drop)
    }

    fn pop_last(&mut self, n: usize) -> Result<Vec<Id>, Problem> {
        let kept = self
            .stack
            .len()
            .checked_sub(n)
            .filter(|kept| *kept >= self.floor());
        Ok(self.stack.split_off(kept.ok_or(Problem::StackUnderflow)?))
    }

    fn pop_to_mark(&mut self) -> Result<Vec<Id>, Problem> {
        let height = self.marks.pop().ok_or(Problem::StackUnderflow)?;
        Ok(self.stack.split_off(height))
    }

    pub(super) fn node(&self, id: Id) -> &Node<'a> {
        &self.nodes[id.0 as usize]
    }

    pub(super) fn replace(&mut self, id: Id, node: Node<'a>) {
        self.nodes[id.0 as usize] = node;
    }

    pub(super) fn wrong(&self, expected: &'static str, id: Id) -> Problem {
        Problem::Type {
            expected,
            found: self.node(id).kind(),
        }
    }

    fn extend_list(&mut self, items: Vec<Id>) -> Result<(), Problem> {
        let target = self.top()?;
        match &mut self.nodes[target.0 as usize] {
            Node::List(list) => list.extend(items),
            _ => return Err(self.wrong("a list", target)),
        }
        Ok(())
    }

    fn extend_dict(&mut self, items: &[Id]) -> Result<(), Problem> {
        let target = self.top()?;
        match &mut self.nodes[target.0 as usize] {
            Node::Dict(dict) => dict.extend(pairs(items)?),
            _ => return Err(self.wrong("a dict", target)),
        }
        Ok(())
    }

    fn push_global(&mut self, module: &str, name: &str) -> Result<(), Problem> {
        let refused = || Problem::Global(format!("{module}.{name}"));
        self.push(Node::Global(
            Global::find(module, name).ok_or_else(refused)?,
        ))
    }

    fn stack_global(&mut self) -> Result<(), Problem> {
        let name = self.pop()?;
        let module = self.pop()?;
        let (module, name) = (self.text(module)?.to_owned(), self.text(name)?.to_owned());
        self.push_global(&module, &name)
    }
}

fn pairs(items: &[Id]) -> Result<Vec<(Id, Id)>, Problem> {
    let (pairs, rest) = items.as_chunks::<2>();
    if rest.is_empty() {
        Ok(pairs.iter().map(|[key, value]| (*key, *value)).collect())
    } else {
        Err(Problem::StackUnderflow)
    }
}
