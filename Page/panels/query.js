/** To come. @module */
export async function mount() { return { show() {}, hide() {} }; }
