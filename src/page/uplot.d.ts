// The build puts the library beside the modules of the page
export {default} from 'uplot'
