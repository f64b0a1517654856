//! The WebAssembly module, written again with its functions in another order.

use super::glue::Names;
use super::order;
use anyhow::{Context as _, Error, Result, ensure};
use std::convert::Infallible;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, ImportSection, Module};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FunctionBody, FunctionSectionReader,
    ImportSectionReader, Parser, Payload, TypeRef, Validator,
};

/// The functions that the module takes from the glue of wasm-bindgen, by their names.
pub(super) fn imports(wasm: &[u8]) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ImportSection(section) = payload? {
            for import in section.into_imports() {
                let import = import?;
                if is_glue(import.module) && matches!(import.ty, TypeRef::Func(_)) {
                    names.push(import.name.to_owned());
                }
            }
        }
    }
    Ok(names)
}

/// Writes the module again: functions in the order of their likeness, imports under the names
/// given, and no custom sections, which tell only tools something.
pub(super) fn rewrite(wasm: &[u8], names: &Names) -> Result<Vec<u8>> {
    let functions = Functions::read(wasm).context("reading the module")?;
    let order = order::by_likeness(&functions.bodies);
    let rewritten = reordered(wasm, &functions, order, names)?;
    Validator::new()
        .validate_all(&rewritten)
        .context("the module that was written again is not valid")?;
    Ok(rewritten)
}

/// Writes the module again with the functions in an order: at each place the one that stood
/// at another before.
fn reordered(
    wasm: &[u8],
    functions: &Functions<'_>,
    order: Vec<usize>,
    names: &Names,
) -> Result<Vec<u8>> {
    ensure!(
        order.len() == functions.bodies.len(),
        "the order has not every function"
    );
    let mut place_of = vec![0; order.len()];
    for (place, &function) in order.iter().enumerate() {
        place_of[function] = u32::try_from(place)?;
    }
    let mut writer = Writer {
        imported: functions.imported,
        order,
        place_of,
        names,
    };
    let mut module = Module::new();
    writer
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(|error| Error::msg(error.to_string()))
        .context("writing the module again")?;
    Ok(module.finish())
}

/// Whether a module of imports is the glue, and not a file of a crate's own.
fn is_glue(module: &str) -> bool {
    module.ends_with("_bg.js")
}

/// The functions of a module.
struct Functions<'a> {
    /// How many are imported; they have the first numbers.
    imported: u32,
    /// What the others do.
    bodies: Vec<&'a [u8]>,
}

impl<'a> Functions<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut functions = Self {
            imported: 0,
            bodies: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        functions.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionEntry(body) => functions.bodies.push(&wasm[body.range()]),
                _ => {}
            }
        }
        Ok(functions)
    }
}

/// Copies all that it does not change.
struct Writer<'a> {
    imported: u32,
    order: Vec<usize>,
    place_of: Vec<u32>,
    names: &'a Names,
}

type Written = Result<(), reencode::Error<Infallible>>;

impl Reencode for Writer<'_> {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error<Infallible>> {
        Ok(match function.checked_sub(self.imported) {
            None => function,
            Some(own) => self.imported + self.place_of[own as usize],
        })
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Written {
        for import in section.into_imports() {
            let import = import?;
            let name = match self.names.get(import.name) {
                Some(name) if is_glue(import.module) => name,
                _ => import.name,
            };
            imports.import(import.module, name, self.entity_type(import.ty)?);
        }
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Written {
        let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for &function in &self.order {
            functions.function(types[function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Written {
        let bodies = section
            .into_iter()
            .collect::<Result<Vec<FunctionBody<'_>>, _>>()?;
        for place in 0..self.order.len() {
            self.parse_function_body(code, bodies[self.order[place]].clone())?;
        }
        Ok(())
    }

    fn parse_custom_section(&mut self, _: &mut Module, _: CustomSectionReader<'_>) -> Written {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        ConstExpr, CustomSection, DataSection, ElementSection, Elements, EntityType, ExportKind,
        ExportSection, Function, MemorySection, MemoryType, RefType, StartSection, TableSection,
        TableType, TypeSection, ValType,
    };
    use wasmparser::{ElementItems, ExternalKind, KnownCustom, Operator};

    /// Three functions that say who they are: `0` calls the import and `1`, `1` calls `2`.
    /// `1` is exported, `2` stands in a table, and `0` is the start.
    fn example() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        types.ty().function([], [ValType::I32]);
        let mut imports = ImportSection::new();
        imports.import("./a_bg.js", "__wbg_now_123", EntityType::Function(0));
        imports.import("./b.js", "__wbg_now_123", EntityType::Function(0));
        let mut functions = FunctionSection::new();
        functions.function(0).function(1).function(1);
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 1,
            maximum: None,
            shared: false,
        });
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut exports = ExportSection::new();
        exports.export("one", ExportKind::Func, 3);
        let mut elements = ElementSection::new();
        elements.active(
            None,
            &ConstExpr::i32_const(0),
            Elements::Functions(vec![4].into()),
        );
        let mut code = CodeSection::new();
        let mut zero = Function::new([]);
        zero.instructions().call(0).call(3).drop().end();
        let mut one = Function::new([]);
        one.instructions().call(4).drop().i32_const(1).end();
        let mut two = Function::new([]);
        two.instructions().i32_const(2).end();
        code.function(&zero).function(&one).function(&two);
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(8), *b"text");
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&tables)
            .section(&memories)
            .section(&exports)
            .section(&StartSection { function_index: 2 })
            .section(&elements)
            .section(&code)
            .section(&data)
            .section(&CustomSection {
                name: "producers".into(),
                data: b"\0".into(),
            });
        module.finish()
    }

    /// What each function calls and which constants it has, by the function's number.
    fn bodies(wasm: &[u8]) -> Vec<(Vec<u32>, Vec<i32>)> {
        let mut bodies = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            if let Payload::CodeSectionEntry(body) = payload.unwrap() {
                let (mut calls, mut constants) = (Vec::new(), Vec::new());
                for operator in body.get_operators_reader().unwrap() {
                    match operator.unwrap() {
                        Operator::Call { function_index } => calls.push(function_index),
                        Operator::I32Const { value } => constants.push(value),
                        _ => {}
                    }
                }
                bodies.push((calls, constants));
            }
        }
        bodies
    }

    #[test]
    fn calls_go_where_they_went() {
        let wasm = example();
        let names = Names::from([("__wbg_now_123".to_owned(), "a".to_owned())]);
        let functions = Functions::read(&wasm).unwrap();
        // The third, the first, the second.
        let rewritten = reordered(&wasm, &functions, vec![2, 0, 1], &names).unwrap();
        Validator::new().validate_all(&rewritten).unwrap();
        assert_eq!(
            bodies(&rewritten),
            [(vec![], vec![2]), (vec![0, 4], vec![]), (vec![2], vec![1])]
        );
        for payload in Parser::new(0).parse_all(&rewritten) {
            match payload.unwrap() {
                Payload::StartSection { func, .. } => assert_eq!(func, 3),
                Payload::ExportSection(section) => {
                    let export = section.into_iter().next().unwrap().unwrap();
                    assert_eq!((export.kind, export.index), (ExternalKind::Func, 4));
                }
                Payload::ElementSection(section) => {
                    let element = section.into_iter().next().unwrap().unwrap();
                    let ElementItems::Functions(items) = element.items else {
                        panic!("the table has functions");
                    };
                    assert_eq!(items.into_iter().next().unwrap().unwrap(), 2);
                }
                Payload::ImportSection(section) => {
                    let names = section.into_imports().map(|import| import.unwrap().name);
                    assert_eq!(Vec::from_iter(names), ["a", "__wbg_now_123"]);
                }
                Payload::CustomSection(section) => {
                    assert!(
                        !matches!(section.as_known(), KnownCustom::Producers(_)),
                        "it is left out"
                    );
                }
                _ => {}
            }
        }
    }

    #[test]
    fn a_module_keeps_its_functions() {
        let wasm = example();
        assert_eq!(imports(&wasm).unwrap(), ["__wbg_now_123"]);
        let rewritten = rewrite(&wasm, &Names::new()).unwrap();
        let constants = |wasm: &[u8]| {
            let mut all: Vec<_> = bodies(wasm).into_iter().map(|(_, own)| own).collect();
            all.sort();
            all
        };
        assert_eq!(constants(&rewritten), constants(&wasm));
        assert!(rewrite(&wasm[..wasm.len() / 2], &Names::new()).is_err());
    }
}
