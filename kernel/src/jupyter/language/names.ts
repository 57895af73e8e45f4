/**
 * The names a cell declares at its top level: what later cells see of it.
 */
import type { BindingName, SourceFile, Statement } from 'typescript';
import { ts } from './typescript.ts';

/** Names of values and types alike, in the order of their declaration. */
export function declaredNames(file: SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of file.statements) addNames(statement, names);
  return names;
}

function addNames(statement: Statement, names: Set<string>): void {
  if (ts.isVariableStatement(statement)) {
    for (const { name } of statement.declarationList.declarations) addBinding(name, names);
  } else if (
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement) ||
    ts.isModuleDeclaration(statement) ||
    ts.isImportEqualsDeclaration(statement)
  ) {
    if (statement.name && ts.isIdentifier(statement.name)) names.add(statement.name.text);
  } else if (ts.isImportDeclaration(statement)) {
    const clause = statement.importClause;
    if (clause?.name) names.add(clause.name.text);
    if (clause?.namedBindings && ts.isNamespaceImport(clause.namedBindings)) names.add(clause.namedBindings.name.text);
    if (clause?.namedBindings && ts.isNamedImports(clause.namedBindings)) {
      for (const { name } of clause.namedBindings.elements) names.add(name.text);
    }
  }
}

function addBinding(name: BindingName, names: Set<string>): void {
  if (ts.isIdentifier(name)) {
    names.add(name.text);
    return;
  }
  for (const element of name.elements) if (!ts.isOmittedExpression(element)) addBinding(element.name, names);
}

/** The names a file already exports by the keyword. */
export function exportedNames(file: SourceFile): Set<string> {
  const names = new Set<string>();
  for (const statement of file.statements) {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (isExported) addNames(statement, names);
    if (ts.isExportDeclaration(statement) && statement.exportClause && ts.isNamedExports(statement.exportClause)) {
      for (const { name } of statement.exportClause.elements) names.add(name.text);
    }
  }
  return names;
}
