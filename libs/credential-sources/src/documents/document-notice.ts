/** Something odd about a document that the service can use nevertheless. Never quotes the document. */
export interface DocumentNotice {
  readonly code: 'document_wrapped' | 'document_encoded_twice' | 'field_ignored' | 'file_exposed';
  readonly diagnosis: string;
}
